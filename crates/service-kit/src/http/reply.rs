//! The success envelope `{success, message, data}`, lists with `page`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;

/// A successful answer.
#[derive(Debug, Serialize)]
pub struct Reply<T> {
    #[serde(skip)]
    status: StatusCode,
    success: bool,
    message: &'static str,
    data: T,
}

/// A successful answer with a page of a list.
#[derive(Debug, Serialize)]
pub struct Listed<T> {
    success: bool,
    message: &'static str,
    data: Vec<T>,
    page: Page,
}

/// Where a list goes on.
#[derive(Debug, JsonSchema, Serialize)]
pub struct Page {
    /// The most items a page holds.
    pub limit: u32,
    /// Opaque; send it as `cursor` for the next page. `null` on the last one.
    pub next: Option<String>,
}

impl<T: Serialize> Reply<T> {
    /// 200.
    pub fn ok(message: &'static str, data: T) -> Self {
        Self {
            status: StatusCode::OK,
            success: true,
            message,
            data,
        }
    }

    /// 201.
    pub fn created(message: &'static str, data: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::ok(message, data)
        }
    }

    /// 202.
    pub fn accepted(message: &'static str, data: T) -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            ..Self::ok(message, data)
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The JSON body as it is sent, for those who store it (idempotency keys).
    pub fn body(&self) -> String {
        serde_json::to_string(self).expect("invariant: replies serialize to JSON")
    }
}

impl<T: Serialize> Listed<T> {
    /// 200.
    pub fn ok(message: &'static str, items: Vec<T>, limit: u32, next: Option<String>) -> Self {
        Self {
            success: true,
            message,
            data: items,
            page: Page { limit, next },
        }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

impl<T: Serialize> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}
