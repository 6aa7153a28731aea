//! `x-correlation-id`: taken from the caller if it is sane, else made; answered, logged, passed on.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

/// The header's name.
pub const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// What error bodies say of the request they answer.
#[derive(Clone)]
pub struct Correlation {
    /// 1-64 characters of `[A-Za-z0-9._-]`.
    pub id: String,
    /// Path of the request, RFC 9457's `instance`.
    pub path: String,
}

tokio::task_local! {
    static CURRENT: Correlation;
}

/// The correlation of the request that this task serves, if it serves one.
pub fn current() -> Option<Correlation> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Outermost layer: gives each request its id and answers it.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(&HEADER)
        .and_then(|value| value.to_str().ok());
    let id = match given.filter(|id| is_sane(id)) {
        Some(id) => id.to_owned(),
        None => ulid::Ulid::new().to_string(),
    };
    let header = HeaderValue::from_str(&id).expect("invariant: a sane id is a header value");
    request.headers_mut().insert(HEADER, header.clone());
    let correlation = Correlation {
        id,
        path: request.uri().path().to_owned(),
    };
    let mut response = CURRENT.scope(correlation, next.run(request)).await;
    response.headers_mut().insert(HEADER, header);
    response
}

fn is_sane(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&id.len()) && id.bytes().all(allowed)
}
