//! The API's document and the page that shows it.

use reqwest::{Method, header};
use serde_json::Value;
use service_kit::testing::sound_document;

use crate::harness::{Gateway, answer};

const COMMITTED: &str = include_str!("../../openapi.json");

#[test]
fn every_route_that_the_gateway_answers_is_documented() {
    sound_document(&gateway::routes::own());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_there_for_everybody_and_is_sent_once() {
    let gateway = Gateway::start().await;
    let first = gateway.get_openly("/openapi.json").await;
    assert_eq!((first.status, first.text.as_str()), (200, COMMITTED));
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.header("cache-control"), "no-cache");
    assert_eq!(first.json["openapi"], "3.1.0");

    let again = async |tag: &str| {
        let request = gateway.request(Method::GET, "/openapi.json");
        answer(request.header(header::IF_NONE_MATCH, tag)).await
    };
    let etag = first.header("etag");
    let tags = [etag.to_owned(), format!("\"x\", W/{etag}"), "*".to_owned()];
    for tag in tags {
        let unchanged = again(&tag).await;
        assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));
        assert_eq!(unchanged.header("etag"), etag);
    }
    assert_eq!(again("\"another\"").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_loads_nothing_from_elsewhere() {
    let gateway = Gateway::start().await;
    let page = gateway.get_openly("/docs/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for path in loaded(&page.text) {
        assert!(path.starts_with("/docs/"), "{path} is not ours");
        let file = gateway.get_openly(path).await;
        assert_eq!(file.status, 200, "{path}");
        let media = match path.rsplit_once('.') {
            Some((_, "js")) => "text/javascript; charset=utf-8",
            _ => "text/css; charset=utf-8",
        };
        assert_eq!(file.header("content-type"), media, "{path}");
    }
    // Whatever its scripts may try, the browser lets them speak to nobody else, and this is the
    // only page that has scripts at all.
    let policy = page.header("content-security-policy");
    let sources = policy.split([' ', ';']).filter(|word| !word.is_empty());
    let sources = sources.filter(|word| word.starts_with('\'') || word.contains([':', '*', '.']));
    let known = ["'none'", "'self'", "'unsafe-inline'", "data:"];
    assert!(sources.clone().count() > 5);
    assert!(
        sources.clone().all(|source| known.contains(&source)),
        "{policy}"
    );
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
    let ping = gateway.get_openly("/api/v1/ping").await;
    let other = "default-src 'none'; frame-ancestors 'none'";
    assert_eq!(ping.header("content-security-policy"), other);

    let script = gateway.get_openly("/docs/page.js").await;
    assert!(!script.text.contains("//") || !script.text.contains("://"));
    let licence = gateway.get_openly("/docs/LICENSE").await;
    assert!(licence.text.contains("Apache License"));
    gateway
        .get_openly("/docs/x.js")
        .await
        .is_problem(404, "NOT_FOUND");
}

/// What `src` and `href` of scripts and style sheets name; the icon is data.
fn loaded(page: &str) -> Vec<&str> {
    let values = page.split(['"']).collect::<Vec<_>>();
    let named = values.windows(2).filter_map(|pair| match pair {
        [name, value] if name.ends_with("src=") => Some(*value),
        [name, value] if name.ends_with("href=") => Some(*value),
        _ => None,
    });
    named
        .filter(|value| !value.starts_with("data:") && *value != "/openapi.json")
        .collect()
}

#[test]
fn no_line_of_the_document_names_a_machine() {
    let document: Value = serde_json::from_str(COMMITTED).expect("JSON");
    assert_eq!(document["servers"][0]["url"], "/");
    for word in [
        "localhost",
        "127.0.0.1",
        "://",
        "/home/",
        env!("CARGO_MANIFEST_DIR"),
    ] {
        assert!(!COMMITTED.contains(word), "{word}");
    }
}
