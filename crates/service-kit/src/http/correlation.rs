//! `x-correlation-id`: taken from the caller if it is sane, else made; answered, logged, passed on.

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

/// What a task knows of the request that it serves.
struct Current {
    id: String,
    uri: Option<Uri>,
    route: Cell<&'static str>,
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

/// Shows the id and the route of the request that this task serves, if it serves one.
pub(crate) fn show<T>(to: impl FnOnce(&str, &'static str) -> T) -> Option<T> {
    let show = |current: &Current| to(&current.id, current.route.get());
    CURRENT.try_with(show).ok()
}

/// Says which route of the table the request has met. Until then it is `unmatched`.
pub(crate) fn matched(route: &'static str) {
    let _ = CURRENT.try_with(|current| current.route.set(route));
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
        route: Cell::new(UNMATCHED),
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
        route: Cell::new(UNMATCHED),
    };
    CURRENT.sync_scope(current, answer)
}

const UNMATCHED: &str = "unmatched";

fn new_id() -> String {
    ulid::Ulid::new().to_string()
}

fn is_sane(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&id.len()) && id.bytes().all(allowed)
}
