//! `x-correlation-id`: taken from the caller if it is sane, else made; answered, logged, passed on,
//! and kept with what the request causes later.

use std::cell::Cell;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Uri},
    response::Response,
};

/// The header's name.
pub const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// What error bodies say of the request they answer.
#[derive(Clone, Debug)]
pub struct Correlation {
    /// 1-64 characters of `[A-Za-z0-9._-]`.
    pub id: String,
    /// Path of the request, RFC 9457's `instance`; none if it could not be read.
    pub path: Option<String>,
}

/// What a task knows of the request that it serves, or of the one that caused its work.
struct Current {
    id: String,
    uri: Option<Uri>,
    /// `None` beside the requests.
    route: Cell<Option<&'static str>>,
    /// The account that asks, once its token was checked.
    user: Cell<Option<i64>>,
}

tokio::task_local! {
    static CURRENT: Current;
}

/// The correlation of the request that this task serves, if it serves one.
pub fn current() -> Option<Correlation> {
    let copy = |current: &Current| Correlation {
        id: current.id.clone(),
        path: current.uri.as_ref().map(|uri| uri.path().to_owned()),
    };
    CURRENT.try_with(copy).ok()
}

/// Does work beside the requests for the request with this id.
pub async fn caused_by<T>(id: String, work: impl Future<Output = T>) -> T {
    let current = Current {
        id: Some(id).filter(|id| is_sane(id)).unwrap_or_else(new_id),
        uri: None,
        route: Cell::new(None),
        user: Cell::default(),
    };
    CURRENT.scope(current, work).await
}

/// Shows the id and the route of the request that this task serves; the id alone of one that caused
/// its work.
pub(crate) fn show<T>(to: impl FnOnce(&str, Option<&'static str>) -> T) -> Option<T> {
    let show = |current: &Current| to(&current.id, current.route.get());
    CURRENT.try_with(show).ok()
}

/// Says which route of the table the request has met. Until then it is `unmatched`.
pub(crate) fn matched(route: &'static str) {
    let _ = CURRENT.try_with(|current| current.route.set(Some(route)));
}

/// Says whose request it is.
pub(crate) fn signed_in(user: i64) {
    let _ = CURRENT.try_with(|current| current.user.set(Some(user)));
}

/// Whose request this task serves, as far as it is known.
pub(crate) fn user() -> Option<i64> {
    CURRENT.try_with(|current| current.user.get()).ok()?
}

/// Gives a request its id while `answer` makes the answer, and the answer too.
pub(crate) async fn identified<F>(
    mut request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let given = request.headers().get(&HEADER);
    let given = given.and_then(|value| value.to_str().ok());
    let id = match given.filter(|id| is_sane(id)) {
        Some(id) => id.to_owned(),
        None => new_id(),
    };
    let header = HeaderValue::from_str(&id).expect("invariant: a sane id is a header value");
    request.headers_mut().insert(HEADER, header.clone());
    let current = Current {
        id,
        uri: Some(request.uri().clone()),
        route: Cell::new(Some(UNMATCHED)),
        user: Cell::default(),
    };
    let mut response = CURRENT.scope(current, answer(request)).await;
    response.headers_mut().insert(HEADER, header);
    response
}

/// The same for what never came to be a request. The answer is for `answer` to mark.
pub(crate) fn identified_alone<T>(answer: impl FnOnce() -> T) -> T {
    let current = Current {
        id: new_id(),
        uri: None,
        route: Cell::new(Some(UNMATCHED)),
        user: Cell::default(),
    };
    CURRENT.sync_scope(current, answer)
}

const UNMATCHED: &str = "unmatched";

fn new_id() -> String {
    ulid::Ulid::new().to_string()
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
