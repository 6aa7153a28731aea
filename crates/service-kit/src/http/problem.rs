//! Errors as RFC 9457 `application/problem+json`, with the original API's `success` and `message`
//! as extension members, a stable `code` and the request's correlation id.

use std::borrow::Cow;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::correlation;

/// One field of the request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct FieldError {
    /// Path of the field as the client sent it, such as `items[0].noOfSeats`.
    pub field: String,
    /// Which rule it broke, in lower snake case.
    pub code: String,
    /// The rule in words.
    pub message: String,
}

impl FieldError {
    /// A broken rule of `field`.
    pub fn new(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// An error answer.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why a request was not done (RFC 9457).
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Problem")]
pub(super) struct Body<'a> {
    /// Always `about:blank`: `title` says what `status` means, `code` what happened.
    r#type: &'a str,
    /// The status in words.
    title: &'a str,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What happened, for people.
    detail: &'a str,
    /// The path of the request as the service saw it that says no.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// What happened, for programs.
    code: &'a str,
    /// Finds the request in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    /// The fields that are at fault, if it is about fields.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// Always `false`, for clients of the original.
    #[schemars(extend("const" = false))]
    success: bool,
    /// The same as `detail`, for clients of the original.
    message: &'a str,
}

impl Problem {
    /// An error with a stable `code` that clients may switch on.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: vec![],
            headers: vec![],
        }
    }

    /// 422 VALIDATION: well formed, but these fields are invalid.
    pub fn validation(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.field, one.message),
            many => format!("{} fields are invalid", many.len()),
        };
        Self {
            errors,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION", detail)
        }
    }

    /// 422 VALIDATION of one field.
    pub fn field(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self::validation(vec![FieldError::new(field, code, message)])
    }

    /// 400 MALFORMED: could not be read at all.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MALFORMED", detail)
    }

    /// 401 UNAUTHENTICATED with `WWW-Authenticate: Bearer` (RFC 6750).
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", detail)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403 FORBIDDEN: the caller may know of it, but not do it.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", "You may not do this")
    }

    /// 404 NOT_FOUND: unknown, or not the caller's to know of.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            format!("There is no such {what}"),
        )
    }

    /// 409 DUPLICATE of a unique field.
    pub fn duplicate(field: &str) -> Self {
        let detail = format!("{field} is taken already");
        let errors = vec![FieldError::new(field, "duplicate", "is taken already")];
        Self {
            errors,
            ..Self::new(StatusCode::CONFLICT, "DUPLICATE", detail)
        }
    }

    /// 500 INTERNAL. Says nothing of its cause, which the caller has logged.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL",
            "Something went wrong on our side",
        )
    }

    /// 503 UPSTREAM_DOWN with `Retry-After`: something this answer needs is away.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UPSTREAM_DOWN", detail).retry_after(1)
    }

    /// Names the field that the problem is about.
    pub fn naming(mut self, field: &str, code: &str, message: &str) -> Self {
        self.errors.push(FieldError::new(field, code, message));
        self
    }

    /// Adds `Retry-After` in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What happened, for people.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The headers beside the usual ones.
    pub(super) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The fields that are wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The JSON body as it is sent, for those who store it (idempotency keys).
    pub fn body(&self) -> String {
        let request = correlation::current();
        let (instance, correlation_id) = match request {
            Some(request) => (request.path, Some(request.id)),
            None => (None, None),
        };
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            code: self.code,
            correlation_id,
            errors: &self.errors,
            success: false,
            message: &self.detail,
        };
        serde_json::to_string(&body).expect("invariant: a problem is plain JSON")
    }
}

/// The code of a problem, as an extension of its response: for those who count answers.
#[derive(Clone, Debug)]
pub struct ProblemCode(pub Cow<'static, str>);

/// The media type of RFC 9457.
pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static(MEDIA);
pub(super) const MEDIA: &str = "application/problem+json";

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body()).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, PROBLEM_JSON);
        let code = ProblemCode(Cow::Borrowed(self.code));
        response.extensions_mut().insert(code);
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
