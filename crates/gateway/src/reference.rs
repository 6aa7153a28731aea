//! `GET /openapi.json` and `GET /docs`: the API's document, and a page that shows it. Both are in the
//! binary; the page loads nothing from elsewhere.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use service_kit::http::{openapi::Operation, problem::Problem};
use sha2::{Digest, Sha256};

/// Swagger UI writes styles into its elements, and its icons are data.
const MAY_LOAD: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// A file of the binary.
struct File {
    name: &'static str,
    media: &'static str,
    text: &'static str,
    etag: LazyLock<HeaderValue>,
}

macro_rules! file {
    ($name:literal, $media:literal, $text:expr) => {
        File {
            name: $name,
            media: $media,
            text: $text,
            etag: LazyLock::new(|| etag($text)),
        }
    };
}

/// Written by `cargo xtask openapi`.
static DOCUMENT: File = file!(
    "openapi.json",
    "application/json",
    include_str!("../openapi.json")
);
static PAGE: File = file!(
    "docs",
    "text/html; charset=utf-8",
    include_str!("reference/page.html")
);
/// Swagger UI's are those of the crate that build.rs unpacks.
static FILES: [File; 4] = [
    file!(
        "page.js",
        "text/javascript; charset=utf-8",
        include_str!("reference/page.js")
    ),
    file!(
        "swagger-ui-bundle.js",
        "text/javascript; charset=utf-8",
        include_str!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js"))
    ),
    file!(
        "swagger-ui.css",
        "text/css; charset=utf-8",
        include_str!(concat!(env!("OUT_DIR"), "/swagger-ui.css"))
    ),
    file!(
        "LICENSE",
        "text/plain; charset=utf-8",
        include_str!(concat!(env!("OUT_DIR"), "/LICENSE"))
    ),
];

/// What the document says of `/openapi.json`.
pub fn document_doc() -> Operation {
    Operation::new("getDocument", "This document")
        .with(|shape| shape.answers_with("application/json", json!({"type": "object"})))
        .answers(StatusCode::OK)
        .answers_when(StatusCode::NOT_MODIFIED, "You have it: `If-None-Match`.")
}

/// The API's document (OpenAPI 3.1).
pub async fn document(headers: HeaderMap) -> Response {
    DOCUMENT.answer(&headers)
}

/// What the document says of `/docs`.
pub fn page_doc() -> Operation {
    Operation::new("getReference", "A page that shows this document")
        .with(|shape| shape.answers_with("text/html", json!({"type": "string"})))
        .answers(StatusCode::OK)
        .answers_when(StatusCode::NOT_MODIFIED, "You have it: `If-None-Match`.")
}

/// The page.
pub async fn page(headers: HeaderMap) -> Response {
    let mut response = PAGE.answer(&headers);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, MAY_LOAD);
    response
}

/// What the document says of `/docs/{file}`.
pub fn file_doc() -> Operation {
    Operation::new("getReferenceFile", "What the page is made of")
        .with(|shape| {
            let names: Vec<_> = FILES.iter().map(|file| file.name).collect();
            shape.path("file", json!({"type": "string", "enum": names}));
            shape.answers_with("text/*", json!({"type": "string"}));
        })
        .answers(StatusCode::OK)
        .answers_when(StatusCode::NOT_MODIFIED, "You have it: `If-None-Match`.")
}

/// A file that the page loads.
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let file = FILES.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    Ok(file.answer(&headers))
}

impl File {
    /// 200, or 304 to who has it. Caches ask each time: another version may run by then.
    fn answer(&'static self, headers: &HeaderMap) -> Response {
        let cached: [(HeaderName, HeaderValue); 2] = [
            (header::ETAG, self.etag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        if is_known(headers, &self.etag) {
            return (StatusCode::NOT_MODIFIED, cached).into_response();
        }
        let media = [(header::CONTENT_TYPE, self.media)];
        (cached, media, self.text).into_response()
    }
}

/// `If-None-Match` (RFC 9110, 13.1.2): one of several, weak or not.
fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
    known.any(|tag| tag == "*" || tag.trim_start_matches("W/").as_bytes() == etag.as_bytes())
}

fn etag(text: &str) -> HeaderValue {
    let digest = Sha256::digest(text);
    let short: String = digest[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::try_from(format!("\"{short}\"")).expect("invariant: hexadecimal digits")
}
