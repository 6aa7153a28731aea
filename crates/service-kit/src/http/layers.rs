//! The layers around every route: log line, metrics, panic, deadline.

use std::{
    any::Any,
    sync::Arc,
    time::{Duration, Instant},
};

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
use crate::{
    identity::{SignedIn, User},
    telemetry::metrics::Metric,
};

/// A request's deadline: longer than any single remote call, shorter than the gateway's patience.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// How a service counts its requests.
#[derive(Clone, Copy, Debug)]
pub struct HttpMetrics {
    requests: &'static str,
    duration: &'static str,
    unit: Unit,
    active: &'static str,
}

/// The unit of a duration; its name ends with it or has it in the middle.
#[derive(Clone, Copy, Debug)]
enum Unit {
    Milliseconds,
    Seconds,
}

const REQUEST: &[&str] = &["method", "route", "status_code"];
const TO_5_S_IN_MS: &[f64] = &[
    1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0,
];
const TO_10_S: &[f64] = &[
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

impl HttpMetrics {
    /// `duration` in milliseconds, 1 to 5,000.
    pub const fn in_milliseconds(
        requests: &'static str,
        duration: &'static str,
        active: &'static str,
    ) -> Self {
        Self {
            requests,
            duration,
            unit: Unit::Milliseconds,
            active,
        }
    }

    /// `duration` in seconds, 1 ms to 10 s.
    pub const fn in_seconds(
        requests: &'static str,
        duration: &'static str,
        active: &'static str,
    ) -> Self {
        Self {
            requests,
            duration,
            unit: Unit::Seconds,
            active,
        }
    }

    /// Their part of the service's catalogue.
    pub(crate) fn metrics(&self) -> [Metric; 3] {
        let buckets = match self.unit {
            Unit::Milliseconds => TO_5_S_IN_MS,
            Unit::Seconds => TO_10_S,
        };
        [
            Metric::counter(
                self.requests,
                REQUEST,
                "Answered requests; `route` is the template, `unmatched` for all others.",
            ),
            Metric::histogram(
                self.duration,
                REQUEST,
                buckets,
                "How long they took, from head to head.",
            ),
            Metric::gauge(self.active, &[], "Requests being served."),
        ]
    }

    fn record(&self, elapsed: Duration, labels: &[(&'static str, String); 3]) {
        counter!(self.requests, labels).increment(1);
        let elapsed = match self.unit {
            Unit::Milliseconds => elapsed.as_secs_f64() * 1e3,
            Unit::Seconds => elapsed.as_secs_f64(),
        };
        histogram!(self.duration, labels).record(elapsed);
    }
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
    let elapsed = started.elapsed();
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status_code", status.to_string()),
    ];
    names.record(elapsed, &labels);
    let duration_ms = elapsed.as_secs_f64() * 1e3;
    let _entered = span.entered();
    match response.status().is_server_error() {
        true => tracing::warn!(status, duration_ms, "request answered"),
        false => tracing::info!(status, duration_ms, "request answered"),
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

/// Ends a request that outlives its deadline with 503. What it began in a transaction is rolled
/// back; what it committed is found by its key.
pub async fn deadline(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unavailable("This took too long; try again").into_response(),
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
