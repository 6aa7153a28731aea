//! How long a request may take: the service's own limit, or less if its caller waits for less.

use std::time::Duration;

use axum::{
    http::{HeaderMap, HeaderName},
    response::{IntoResponse, Response},
};
use tokio::time::{Instant, timeout_at};

use super::problem::Problem;

/// Longer than any single remote call, shorter than the gateway's patience.
pub const LIMIT: Duration = Duration::from_secs(10);

/// Between services: within how many milliseconds the caller wants the head of the answer. Where
/// the internet connects it is not heeded, and not handed on. No standard says this: `Prefer: wait`
/// (RFC 7240) counts whole seconds, gRPC and Envoy have names of their own.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-timeout-ms");

tokio::task_local! {
    static END: Instant;
}

/// What is left of the time of the request that this task serves; `None` if it serves none.
pub fn left() -> Option<Duration> {
    END.try_with(|end| end.saturating_duration_since(Instant::now()))
        .ok()
}

/// 503 unless so much time is left: for what must not be begun if it cannot be ended.
pub fn require(least: Duration) -> Result<(), Problem> {
    match left() {
        Some(left) if left < least => Err(too_late()),
        _ => Ok(()),
    }
}

/// Ends a request that takes longer with 503. What it began in a transaction is rolled back; what
/// it committed is found by its key.
pub(crate) async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    if limit.is_zero() {
        return too_late().into_response();
    }
    let end = Instant::now() + limit;
    match timeout_at(end, END.scope(end, answer)).await {
        Ok(response) => response,
        Err(_) => too_late().into_response(),
    }
}

/// What the caller says, if it says a number.
pub(crate) fn given(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    text.parse().ok().map(Duration::from_millis)
}

fn too_late() -> Problem {
    Problem::unavailable("This takes too long right now; try again")
}
