//! What handlers get of what stands before them: who calls.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::problem::Problem;
use crate::identity::{SignedIn, User};

pub use super::meter::HttpMetrics;

/// The signed-in user of a request. Only routes with [`super::routes::Access::SignedIn`] or
/// `Roles` have one.
pub struct Caller(pub Arc<User>);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let CallerSession(signed_in) = CallerSession::from_request_parts(parts, state).await?;
        Ok(Self(signed_in.user))
    }
}

/// The same with the session.
pub struct CallerSession(pub SignedIn);

impl<S: Send + Sync> FromRequestParts<S> for CallerSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let signed_in = parts.extensions.get::<SignedIn>().cloned();
        signed_in
            .map(Self)
            .ok_or_else(|| Problem::unauthenticated("Sign in first"))
    }
}
