//! The layers around every route: log line, metrics, panic.

use std::{any::Any, sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics::{Gauge, counter, gauge, histogram};
use tracing::Instrument;

use super::{correlation, problem::Problem};
use crate::identity::{SignedIn, User};

/// Names of a service's HTTP metrics.
#[derive(Clone, Copy, Debug)]
pub struct HttpMetrics {
    /// Counter, labels method, route, `status_code`.
    pub requests: &'static str,
    /// Histogram in milliseconds, same labels.
    pub duration_ms: &'static str,
    /// Gauge of requests being served.
    pub active: &'static str,
}

struct Active(Gauge);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// Counts and logs a request. Labels are the matched route, never the raw path.
pub async fn observe(State(names): State<HttpMetrics>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let matched = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let route = matched.unwrap_or_else(|| "unmatched".to_owned());
    let method = known_method(request.method());
    let active = gauge!(names.active);
    active.increment(1.0);
    let _active = Active(active);
    let correlation_id = correlation::current()
        .map(|current| current.id)
        .unwrap_or_default();
    let span = tracing::info_span!("request", method, route, correlation_id);

    let response = next.run(request).instrument(span.clone()).await;

    let status = response.status().as_u16();
    let elapsed = started.elapsed().as_secs_f64() * 1e3;
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status_code", status.to_string()),
    ];
    counter!(names.requests, &labels).increment(1);
    histogram!(names.duration_ms, &labels).record(elapsed);
    let _entered = span.entered();
    match response.status().is_server_error() {
        true => tracing::warn!(status, duration_ms = elapsed, "request answered"),
        false => tracing::info!(status, duration_ms = elapsed, "request answered"),
    }
    response
}

fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

/// Answers 500 for a panic and logs it once.
pub fn on_panic(panic: Box<dyn Any + Send>) -> Response<Body> {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("panic");
    tracing::error!(panic = text, "a handler panicked");
    Problem::internal().into_response()
}

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
