//! Attempts to book, from the request's arrival, before anybody knows who asks.

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use metrics::counter;
use service_kit::http::problem::ProblemCode;

/// Counts `POST /booking` and how it went.
pub async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let books =
        route.is_some_and(|route| route.as_str().trim_end_matches('/') == "/api/v1/booking");
    if !books || request.method() != Method::POST {
        return next.run(request).await;
    }
    let attempt = Attempt::begin();
    let response = next.run(request).await;
    attempt.end(&response);
    response
}

/// One that is dropped without an answer has failed: its client left, or its handler panicked.
struct Attempt {
    failed: Option<&'static str>,
}

impl Attempt {
    fn begin() -> Self {
        counter!("booking_attempts_total").increment(1);
        Self {
            failed: Some("UPSTREAM"),
        }
    }

    fn end(mut self, response: &Response) {
        let code = response.extensions().get::<ProblemCode>();
        self.failed = reason(response.status(), code.map(|code| code.0.as_ref()));
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        match self.failed {
            None => counter!("booking_success_total").increment(1),
            Some(reason) => counter!("booking_failed_total", "reason" => reason).increment(1),
        }
    }
}

fn reason(status: StatusCode, code: Option<&str>) -> Option<&'static str> {
    match (status, code) {
        (status, _) if status.is_success() => None,
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Some("AUTH_FAILED"),
        (status, _) if status.is_server_error() => Some("UPSTREAM"),
        (_, Some("NO_SEATS")) => Some("NO_SEATS"),
        (_, Some("INVALID_FLIGHT" | "FLIGHT_DEPARTED")) => Some("INVALID_FLIGHT"),
        _ => Some("INVALID_BOOKING"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_reason() {
        let of = |status: u16, code: Option<&str>| {
            reason(StatusCode::from_u16(status).expect("a status"), code)
        };
        assert_eq!(of(201, None), None);
        assert_eq!(of(401, Some("UNAUTHENTICATED")), Some("AUTH_FAILED"));
        assert_eq!(of(409, Some("NO_SEATS")), Some("NO_SEATS"));
        assert_eq!(of(404, Some("INVALID_FLIGHT")), Some("INVALID_FLIGHT"));
        assert_eq!(of(422, Some("FLIGHT_DEPARTED")), Some("INVALID_FLIGHT"));
        assert_eq!(of(422, Some("VALIDATION")), Some("INVALID_BOOKING"));
        assert_eq!(of(409, Some("TOO_MANY_HOLDS")), Some("INVALID_BOOKING"));
        assert_eq!(of(503, Some("UPSTREAM_DOWN")), Some("UPSTREAM"));
        assert_eq!(of(500, Some("INTERNAL")), Some("UPSTREAM"));
    }
}
