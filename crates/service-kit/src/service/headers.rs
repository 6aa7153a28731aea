//! Headers of every answer that keep browsers from doing more with it than they should.
//!
//! `Strict-Transport-Security` is not among them: services speak plain HTTP, and whoever puts TLS
//! in front of them knows whether it is there for the whole host and for how long.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// On every answer.
pub(super) const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// On every answer that is no page, such as JSON: it loads nothing and is in no frame.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Adds what the handler has not said itself. An answer to somebody who showed who they are is
/// for nobody else, so no cache keeps it.
pub(super) fn add(headers: &mut HeaderMap, is_personal: bool) {
    headers.reserve(ALWAYS.len() + 2);
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    let kind = headers.get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(NO_PAGE);
    }
    if is_personal {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_handler_says_stays() {
        let mut headers = HeaderMap::new();
        let public = HeaderValue::from_static("public, max-age=300");
        headers.insert(header::CACHE_CONTROL, public.clone());
        headers.insert(
            header::X_FRAME_OPTIONS,
            HeaderValue::from_static("SAMEORIGIN"),
        );
        add(&mut headers, true);
        assert_eq!(headers[header::CACHE_CONTROL], public);
        assert_eq!(headers[header::X_FRAME_OPTIONS], "SAMEORIGIN");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn a_page_may_load_what_it_needs() {
        let mut page = HeaderMap::new();
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        page.insert(header::CONTENT_TYPE, html);
        add(&mut page, false);
        assert!(!page.contains_key(header::CONTENT_SECURITY_POLICY));
        assert!(!page.contains_key(header::CACHE_CONTROL));
        assert_eq!(page[header::X_FRAME_OPTIONS], "DENY");
    }
}
