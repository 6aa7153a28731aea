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

/// Ids are logged: what looks like a card's number or a token is not taken for one.
fn is_sane(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    let letters = id.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_card = letters == 0 && (13..=19).contains(&digits);
    let is_hex = id
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || b"._-".contains(&byte));
    let is_token = id.starts_with("eyJ") || (id.len() > 40 && !is_hex);
    (1..=64).contains(&id.len()) && id.bytes().all(allowed) && !is_card && !is_token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_and_a_secret_is_not() {
        for id in [
            "7",
            "order-4711",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert!(is_sane(id), "{id}");
        }
        for secret in [
            "",
            "ada@example.test",
            "correct horse",
            "4000056655665556",
            "4000-0566-5566-5556",
            "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
            "q83vEjRWeJASNFZ4kKvN7_ASNFZ4kBI0VniQEjRWeJA",
        ] {
            assert!(!is_sane(secret), "{secret}");
        }
    }
}
