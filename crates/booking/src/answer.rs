//! An answer as bytes, so that an idempotency key can store it and repeat it.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use service_kit::http::{
    openapi::{Output, Shape},
    problem::{PROBLEM_JSON, Problem, ProblemCode},
    reply::Reply,
};

use crate::bookings::view::BookingView;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Status and body of an answer, fresh or stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON: an envelope below 400, else a problem.
    pub body: String,
    replayed: bool,
}

impl Answer {
    /// An answer that was given before, byte for byte.
    pub fn stored(status: u16, body: String) -> Self {
        Self {
            status,
            body,
            replayed: true,
        }
    }

    /// A successful answer.
    pub fn reply<T: Serialize>(reply: &Reply<T>) -> Self {
        Self {
            status: reply.status().as_u16(),
            body: reply.body(),
            replayed: false,
        }
    }

    /// A refusal.
    pub fn problem(problem: &Problem) -> Self {
        Self {
            status: problem.status().as_u16(),
            body: problem.body(),
            replayed: false,
        }
    }

    /// The code of the problem that it is.
    fn code(&self) -> Option<String> {
        let problem: serde_json::Value = serde_json::from_str(&self.body).ok()?;
        Some(problem.get("code")?.as_str()?.to_owned())
    }
}

/// What is stored of a success is a booking.
impl Output for Answer {
    fn describe(shape: &mut Shape<'_>) {
        shape.answers::<BookingView>();
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let media = match status.is_success() {
            true => HeaderValue::from_static("application/json"),
            false => PROBLEM_JSON,
        };
        let code = match status.is_success() {
            true => None,
            false => self.code(),
        };
        let mut response = (status, self.body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        if let Some(code) = code {
            response.extensions_mut().insert(ProblemCode(code.into()));
        }
        if self.replayed {
            response
                .headers_mut()
                .insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
