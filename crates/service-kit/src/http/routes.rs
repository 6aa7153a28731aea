//! The table of routes: method, path, who may call it, handler. A route cannot be registered
//! without its permission.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    http::{HeaderMap, Method, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};

use super::problem::{FieldError, Problem};
use crate::identity::{ServiceVerifier, Unauthenticated, UserVerifier};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, no token looked at.
    Open,
    /// Anybody with a valid access token.
    SignedIn,
    /// A user with at least one of these roles.
    Roles(&'static [&'static str]),
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
}

/// Who looks at the parameters of a query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Query {
    /// Nobody: there must be none.
    Refused,
    /// The handler, which refuses what it does not know.
    Read,
}

/// The table while it is written.
pub struct Routes<S> {
    router: Router<S>,
    table: Vec<RouteInfo>,
    query: Query,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    /// An empty table, whose routes refuse every query parameter but for those added with
    /// [`Self::get_by_query`].
    fn default() -> Self {
        Self {
            router: Router::new(),
            table: vec![],
            query: Query::Refused,
        }
    }
}

macro_rules! methods {
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

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

    /// An empty table whose handlers all see the query string: for what is handed on.
    pub fn handing_on() -> Self {
        Self {
            query: Query::Read,
            ..Self::default()
        }
    }

    /// Adds a GET route whose handler reads the query string, by `ValidQuery`.
    pub fn get_by_query<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add("GET", MethodFilter::GET, path, access, Query::Read, handler)
    }

    /// This table and another one.
    pub fn and(mut self, other: Self) -> Self {
        self.table.extend(other.table);
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
        let check = from_fn(move |request, next| guard(access, query, request, next));
        let endpoint = on(filter, handler).route_layer(check);
        let router = self.router.route(path, endpoint.clone());
        self.router = match path {
            "/" => router,
            _ => router.route(&format!("{path}/"), endpoint),
        };
        self.table.push(RouteInfo {
            method,
            path,
            access,
        });
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
    let status = axum::http::StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(
        status,
        "MALFORMED",
        format!("{method} is not possible here"),
    )
}

/// What the guards check tokens with.
pub struct Gate {
    /// Checks the access tokens of people.
    pub users: UserVerifier,
    /// Checks the tokens of calling services; `None` where no route is internal.
    pub services: Option<ServiceVerifier>,
}

/// The name of the service that calls an internal route.
#[derive(Clone, Debug)]
pub struct CallingService(pub String);

async fn guard(access: Access, query: Query, mut request: Request, next: Next) -> Response {
    let gate = request.extensions().get::<Arc<Gate>>().cloned();
    let gate = gate.expect("invariant: Service lays the gate around every route");
    let allowed = match access {
        Access::Open => Ok(()),
        Access::SignedIn => admit_user(&gate, &mut request, &[]).await,
        Access::Roles(roles) => admit_user(&gate, &mut request, roles).await,
        Access::Services(names) => admit_service(&gate, &mut request, names),
    };
    let sound = allowed.and_then(|()| match query {
        Query::Refused => refuse_query(request.uri().query().unwrap_or("")),
        Query::Read => Ok(()),
    });
    match sound {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// 422 naming the parameters of `query`, the first few of very many.
fn refuse_query(query: &str) -> Result<(), Problem> {
    let unknown = form_urlencoded::parse(query.as_bytes())
        .take(8)
        .map(|(name, _)| FieldError::new(name, "unknown", "is not a parameter of this request"))
        .collect::<Vec<_>>();
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(Problem::validation(unknown)),
    }
}

async fn admit_user(gate: &Gate, request: &mut Request, roles: &[&str]) -> Result<(), Problem> {
    let signed_in = gate
        .users
        .verify(bearer(request.headers())?)
        .await
        .map_err(refuse)?;
    if !roles.is_empty() && !roles.iter().any(|role| signed_in.user.has_role(role)) {
        return Err(Problem::forbidden());
    }
    request.extensions_mut().insert(signed_in);
    Ok(())
}

fn admit_service(gate: &Gate, request: &mut Request, names: &[&str]) -> Result<(), Problem> {
    let token = bearer(request.headers())?;
    let verifier = gate
        .services
        .as_ref()
        .ok_or_else(|| refuse(Unauthenticated::Invalid))?;
    let name = verifier.verify(token).map_err(refuse)?;
    if !names.contains(&name.as_str()) {
        return Err(Problem::forbidden());
    }
    request.extensions_mut().insert(CallingService(name));
    Ok(())
}

/// The token of an `Authorization: Bearer` header (RFC 6750); of two such headers none counts.
pub fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().filter(|_| values.next().is_none());
    let (scheme, token) = value
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .unwrap_or_default();
    match scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() {
        true => Ok(token.trim()),
        false => Err(Problem::unauthenticated(
            "Sign in and send the token as a Bearer token",
        )),
    }
}

/// Answers a token that did not pass.
pub fn refuse(reason: Unauthenticated) -> Problem {
    match reason {
        Unauthenticated::Expired => Problem::unauthenticated("The token has expired"),
        Unauthenticated::Revoked => Problem::unauthenticated("The token was revoked"),
        Unauthenticated::Invalid => Problem::unauthenticated("The token is not valid"),
        Unauthenticated::KeysAway => Problem::unavailable("Tokens cannot be checked right now"),
    }
}
