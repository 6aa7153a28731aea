//! The table of routes: method, path, who may call it, handler, and what the API's document says of
//! it. A route cannot be registered without its permission, a public one not without its document.

mod guard;

use std::marker::PhantomData;

use axum::{
    Router,
    handler::Handler,
    http::{Method, StatusCode},
    routing::{MethodFilter, on},
};

use super::{
    openapi::{self, Described, Operation, Signature},
    problem::Problem,
};
use guard::Guarded;

pub use guard::{CallingService, Gate, bearer, refuse};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, no token looked at.
    Open,
    /// Anybody with a valid access token.
    SignedIn,
    /// A user with at least one of these roles.
    Roles(&'static [&'static str]),
    /// The same; and a browser that opens it as a page, which shows no token then, so that somebody
    /// can sign in there: the page says nothing that is not for everybody.
    Page(&'static [&'static str]),
    /// One of these services, by service token.
    Services(&'static [&'static str]),
}

/// One line of the table, for the tests that walk it.
#[derive(Clone, Copy, Debug)]
pub struct RouteInfo {
    /// The method in capitals.
    pub method: &'static str,
    /// The path as axum writes it: `/api/v1/flight/{id}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The rate limit policy that it has, where it is not the usual one.
    pub limit: Option<&'static str>,
}

/// Who looks at the parameters of a query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Query {
    /// Nobody: there must be none.
    Refused,
    /// The handler, which refuses what it does not know.
    Read,
}

/// Marks a table whose routes are in the API's document.
pub struct Documented;

/// Marks a table whose routes are not: internal ones, those that serve a page of ours alone, and
/// what is handed on, which the service behind documents.
pub struct Undocumented;

/// The table while it is written.
pub struct Routes<S, D = Documented> {
    router: Router<S>,
    table: Vec<RouteInfo>,
    described: Vec<Described>,
    heading: &'static str,
    query: Query,
    documented: PhantomData<D>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    /// An empty table, whose routes refuse every query parameter but for those added with
    /// [`Self::get_by_query`].
    fn default() -> Self {
        Self::new(Query::Refused)
    }
}

macro_rules! methods {
    ($($name:ident $filter:ident),+) => {$(
        #[doc = concat!("Adds a ", stringify!($filter), " route; the path answers with one trailing slash too.")]
        pub fn $name<H, T>(
            self,
            path: &'static str,
            access: Access,
            handler: H,
            operation: Operation,
        ) -> Self
        where
            H: Handler<T, S> + Signature<T>,
            T: 'static,
        {
            let query = self.query;
            self.describe::<H, T>(stringify!($filter), path, access, operation)
                .add(stringify!($filter), MethodFilter::$filter, path, access, query, handler)
        }
    )+};
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

    /// Adds a GET route whose handler reads the query string, by `ValidQuery`.
    pub fn get_by_query<H, T>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
        operation: Operation,
    ) -> Self
    where
        H: Handler<T, S> + Signature<T>,
        T: 'static,
    {
        self.describe::<H, T>("GET", path, access, operation).add(
            "GET",
            MethodFilter::GET,
            path,
            access,
            Query::Read,
            handler,
        )
    }

    /// Begins a heading of the document: what follows stands under it.
    pub fn under(self, heading: &'static str) -> Self {
        Self { heading, ..self }
    }

    fn describe<H: Signature<T>, T>(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        operation: Operation,
    ) -> Self {
        self.described.push(Described {
            route: RouteInfo {
                method,
                path,
                access,
                limit: None,
            },
            heading: self.heading,
            operation,
            describe: H::describe,
        });
        self
    }
}

macro_rules! undocumented_methods {
    ($($name:ident $filter:ident),+) => {$(
        #[doc = concat!("Adds a ", stringify!($filter), " route; the path answers with one trailing slash too.")]
        pub fn $name<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
        where
            H: Handler<T, S>,
            T: 'static,
        {
            let query = self.query;
            self.add(stringify!($filter), MethodFilter::$filter, path, access, query, handler)
        }
    )+};
}

impl<S: Clone + Send + Sync + 'static> Routes<S, Undocumented> {
    undocumented_methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

    /// Adds a GET route whose handler reads the query string, by `ValidQuery`.
    pub fn get_by_query<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add("GET", MethodFilter::GET, path, access, Query::Read, handler)
    }

    /// An empty table of routes between services, or between a page and its service.
    pub fn internal() -> Self {
        Self::new(Query::Refused)
    }

    /// An empty table whose handlers all see the query string: for what is handed on.
    pub fn handing_on() -> Self {
        Self::new(Query::Read)
    }
}

impl<S: Clone + Send + Sync + 'static, D> Routes<S, D> {
    fn new(query: Query) -> Self {
        Self {
            router: Router::new(),
            table: vec![],
            described: vec![],
            heading: "",
            query,
            documented: PhantomData,
        }
    }

    /// This table and another one.
    pub fn and<E>(mut self, other: Routes<S, E>) -> Self {
        self.table.extend(other.table);
        self.described.extend(other.described);
        Self {
            router: self.router.merge(other.router),
            ..self
        }
    }

    fn add<H, T>(
        mut self,
        method: &'static str,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        query: Query,
        handler: H,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let guarded = Guarded {
            route: path,
            access,
            query,
            handler,
        };
        let endpoint = on(filter, guarded);
        let router = self.router.route(path, endpoint.clone());
        self.router = match path {
            "/" => router,
            _ => router.route(&format!("{path}/"), endpoint),
        };
        self.table.push(RouteInfo {
            method,
            path,
            access,
            limit: None,
        });
        self
    }

    /// The part of the API's document that these routes are.
    pub fn document(&self) -> serde_json::Value {
        openapi::document(&self.described)
    }

    /// Names the rate limit policy of the route that was added last.
    pub fn limited(mut self, policy: &'static str) -> Self {
        let last = self.table.last_mut();
        last.expect("invariant: a route comes before its limit")
            .limit = Some(policy);
        self
    }

    /// The lines of the table.
    pub fn table(&self) -> &[RouteInfo] {
        &self.table
    }

    /// The router, with problems for unknown paths and methods.
    pub fn into_router(self, state: S) -> Router {
        self.router
            .fallback(async || Problem::not_found("path"))
            .method_not_allowed_fallback(method_not_allowed)
            .with_state(state)
    }
}

/// 405 for a path that answers other methods.
pub(crate) async fn method_not_allowed(method: Method) -> Problem {
    let detail = format!("{method} is not possible here");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "MALFORMED", detail)
}
