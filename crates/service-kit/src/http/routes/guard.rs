//! What stands before each handler: its permission, and a look at the query string where the handler
//! does not take one.

use std::{pin::Pin, sync::Arc};

use axum::{
    extract::Request,
    handler::Handler,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::{Access, Query};
use crate::{
    http::{
        correlation,
        problem::{FieldError, Problem},
    },
    identity::{ServiceVerifier, Unauthenticated, UserVerifier},
};

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

/// A handler behind its guard.
#[derive(Clone)]
pub(super) struct Guarded<H> {
    pub(super) route: &'static str,
    pub(super) access: Access,
    pub(super) query: Query,
    pub(super) handler: H,
}

impl<H, T, S> Handler<T, S> for Guarded<H>
where
    H: Handler<T, S>,
    S: Send + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, mut request: Request, state: S) -> Self::Future {
        Box::pin(async move {
            correlation::matched(self.route);
            match admit(self.access, self.query, &mut request).await {
                Ok(()) => self.handler.call(request, state).await,
                Err(problem) => problem.into_response(),
            }
        })
    }
}

async fn admit(access: Access, query: Query, request: &mut Request) -> Result<(), Problem> {
    let gate = request.extensions().get::<Arc<Gate>>().cloned();
    let gate = gate.expect("invariant: Service lays the gate before every route");
    match access {
        Access::Open => {}
        Access::SignedIn => admit_user(&gate, request, &[]).await?,
        Access::Page(_) if is_browser(request.headers()) => {}
        Access::Roles(roles) | Access::Page(roles) => admit_user(&gate, request, roles).await?,
        Access::Services(names) => admit_service(&gate, request, names)?,
    }
    match query {
        Query::Refused => refuse_query(request.uri().query().unwrap_or("")),
        Query::Read => Ok(()),
    }
}

/// Somebody who opens a page, and has nothing to show.
fn is_browser(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT);
    let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted.contains("text/html") && !headers.contains_key(header::AUTHORIZATION)
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
    correlation::signed_in(signed_in.user.id);
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
