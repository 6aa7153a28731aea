//! `GET /ui` and `GET /ui/page/{file}`: the page, files of this binary that say nothing of anybody.

use axum::{
    extract::{OriginalUri, Path},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use service_kit::http::problem::Problem;

/// Its own files and its own service, nothing else, and no script that is not in a file.
const MAY_LOAD: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'",
);

const PAGE: &str = include_str!("page/page.html");
const SCRIPT: &str = "text/javascript; charset=utf-8";
/// Name, media type, text.
const FILES: [(&str, &str, &str); 7] = [
    (
        "page.css",
        "text/css; charset=utf-8",
        include_str!("page/page.css"),
    ),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("page.js", SCRIPT, include_str!("page/page.js")),
    ("session.js", SCRIPT, include_str!("page/session.js")),
    ("overview.js", SCRIPT, include_str!("page/overview.js")),
    ("jobs.js", SCRIPT, include_str!("page/jobs.js")),
    ("dom.js", SCRIPT, include_str!("page/dom.js")),
];

/// The page.
pub async fn page(OriginalUri(uri): OriginalUri) -> Response {
    // It is at /ui, at /ui/, and below the gateway's prefix, which nobody here knows.
    let base = match uri.path().ends_with('/') {
        true => "./",
        false => "ui/",
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept, authorization"),
    ];
    let policy = [(header::CONTENT_SECURITY_POLICY, MAY_LOAD)];
    (headers, policy, PAGE.replace("{base}", base)).into_response()
}

/// A file that the page loads.
pub async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let found = FILES.iter().find(|(file, ..)| *file == name);
    let (_, media, text) = found.ok_or_else(|| Problem::not_found("file"))?;
    let headers = [
        (header::CONTENT_TYPE, *media),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, *text).into_response())
}
