//! The proxy between real clients and real servers.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    harness::{Gateway, admin, answer, token},
    upstreams::Upstream,
};

pub const SEARCH: &str = "/flightsService/api/v1/flight";
pub const CITY: &str = "/flightsService/api/v1/city";

/// A gateway with one server in the place of all services.
pub async fn behind_one() -> (Gateway, Upstream) {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[
        ("FLIGHT_SERVICE", &upstream.url),
        ("BOOKING_SERVICE", &upstream.url),
        ("NOTIFICATION_SERVICE", &upstream.url),
    ])
    .await;
    (gateway, upstream)
}

/// Writes bytes to the gateway and reads until it closes.
pub async fn raw(gateway: &Gateway, request: &[u8]) -> String {
    let address = gateway.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(request).await.expect("written");
    let mut answer = vec![];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
    read.await.expect("the gateway closes").expect("read");
    String::from_utf8_lossy(&answer).into_owned()
}

fn raw_get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_prefix_leads_to_its_service_and_is_taken_off() {
    let (flights, booking, notification) = (
        Upstream::start().await,
        Upstream::start().await,
        Upstream::start().await,
    );
    let gateway = Gateway::with(&[
        ("FLIGHT_SERVICE", &flights.url),
        ("BOOKING_SERVICE", &booking.url),
        ("NOTIFICATION_SERVICE", &notification.url),
    ])
    .await;
    let search = format!("{SEARCH}?trips=JFK-LAX&price=100-&sort=price_asc");
    assert_eq!(gateway.get_openly(&search).await.text, "answered");
    assert_eq!(
        flights.last().path,
        "/api/v1/flight?trips=JFK-LAX&price=100-&sort=price_asc"
    );
    let token = token(7, "CUSTOMER");
    let body = json!({"bookingId": 1, "totalCost": 2});
    let paid = gateway
        .post_as(&token, "/bookingService/api/v1/booking/payments", &body)
        .await;
    assert_eq!(paid.status, 200);
    let seen = booking.last();
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/api/v1/booking/payments")
    );
    assert_eq!(seen.headers["authorization"], format!("Bearer {token}"));
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&seen.body).expect("JSON"),
        body
    );
    gateway
        .get_openly("/notificationService/api/v1/ping/health/")
        .await;
    assert_eq!(notification.last().path, "/api/v1/ping/health/");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_table_reaches_no_service() {
    let (gateway, upstream) = behind_one().await;
    for path in [
        "/flightsService",
        "/flightsService/",
        "/flightsService/metrics",
        "/flightsService/livez",
        "/flightsService/readyz",
        "/flightsService/internal/v1/holds/01J",
        "/flightsService/api/v1",
        "/flightsService/api/v1/internal",
        "/flightsService/api/v1/flight/1/2/3",
        "/flightsServicex/api/v1/flight",
        "/bookingService/ui/outbox",
        "/bookingService/metrics",
        "/bookingService/internal/v1/audit",
        "/notificationService/api/v1/deliveries",
        "/notificationService/internal/v1/deliveries/query",
        "/internal/v1/anything",
        "/metrics",
        "/ui",
    ] {
        gateway
            .get(path, &admin())
            .await
            .is_problem(404, "NOT_FOUND");
    }
    let unlisted = gateway.request(Method::DELETE, SEARCH).bearer_auth(admin());
    let refused = answer(unlisted).await;
    refused.is_problem(405, "MALFORMED");
    assert_eq!(refused.header("allow"), "GET,HEAD,POST");
    assert!(upstream.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn tricks_with_paths_reach_no_service() {
    let (gateway, upstream) = behind_one().await;
    for path in [
        "/flightsService/api/v1/flight/../../../internal/v1/holds/x",
        "/flightsService/api/v1/flight/..",
        "/flightsService/../metrics",
        "/flightsService/./metrics",
        "/flightsService/api/v1/flight/%2e%2e/%2e%2e/metrics",
        "/flightsService/api/v1/flight/%2E%2E%2Fmetrics",
        "/flightsService/api/v1/flight/..%2f..%2fmetrics",
        "/flightsService/api/v1/flight/..%5c..%5cmetrics",
        "/flightsService/api/v1/flight/%252e%252e",
        "/flightsService//metrics",
        "/flightsService//internal/v1/holds/x",
        "//flightsService/api/v1/flight",
        "/flightsService/api/v1/flight//1",
        "/flightsService/api/v1/flight/1//",
        "/flightsService/api/v1/flight/1%00",
        "/flightsService/api/v1/flight/1;/../../metrics",
        "/flightsService/api/v1/flight/%31",
        "/bookingService/api/v1/booking/..%2f..%2f..%2fui",
        "/bookingService/ui/../api/v1/ping",
        "/flightsService@127.0.0.1/api/v1/flight",
        "http://127.0.0.1:3500/internal/v1/holds/x",
        "*",
    ] {
        let answer = raw(&gateway, &raw_get(path)).await;
        let status = answer.split(' ').nth(1).unwrap_or("").to_owned();
        assert!(
            ["400", "404"].contains(&status.as_str()),
            "{path}: {answer}"
        );
        assert!(
            answer.contains("application/problem+json"),
            "{path}: {answer}"
        );
    }
    // These are no request at all: the server itself refuses them.
    for path in [
        "/flightsService/api/v1/flight/1\0",
        "/flightsService\\metrics",
        "/a b",
    ] {
        let answer = raw(&gateway, &raw_get(path)).await;
        let status = answer.split(' ').nth(1).unwrap_or("");
        assert!(["", "400", "404"].contains(&status), "{path:?}: {answer}");
    }
    assert!(upstream.seen().is_empty(), "{:?}", upstream.seen());
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_one_connection_do_not_cross() {
    let (gateway, upstream) = behind_one().await;
    let request = format!(
        "GET {SEARCH} HTTP/1.1\r\nhost: airside.example\r\nconnection: close, x-secret\r\n\
         x-secret: 1\r\nkeep-alive: timeout=5\r\nte: trailers\r\nproxy-connection: x\r\n\
         upgrade: websocket\r\nproxy-authorization: Basic eDp5\r\nx-kept: 1\r\n\r\n"
    );
    let answer = raw(&gateway, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("x-public: 1"), "{answer}");
    for lost in ["x-private", "keep-alive"] {
        assert!(!answer.contains(lost), "{lost}: {answer}");
    }
    let seen = upstream.last().headers;
    assert_eq!(seen["x-kept"], "1");
    assert_eq!(seen["host"], upstream.url.trim_start_matches("http://"));
    assert_eq!(seen["x-forwarded-host"], "airside.example");
    assert_eq!(seen["x-forwarded-for"], "127.0.0.1");
    assert_eq!(seen["x-forwarded-proto"], "http");
    for lost in [
        "connection",
        "x-secret",
        "keep-alive",
        "te",
        "proxy-connection",
        "upgrade",
        "proxy-authorization",
    ] {
        assert!(!seen.contains_key(lost), "{lost}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_trusted_proxies_say_where_a_request_comes_from() {
    let upstream = Upstream::start().await;
    for (trusted, expected) in [
        ("10.0.0.0/8", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, 127.0.0.1"),
    ] {
        let variables = [
            ("FLIGHT_SERVICE", upstream.url.as_str()),
            ("TRUSTED_PROXIES", trusted),
        ];
        let gateway = Gateway::with(&variables).await;
        let request = gateway.request(Method::GET, SEARCH);
        answer(request.header("x-forwarded-for", "203.0.113.9")).await;
        assert_eq!(upstream.last().headers["x-forwarded-for"], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_correlation_id_goes_through_and_comes_back() {
    let (gateway, upstream) = behind_one().await;
    let request = gateway.request(Method::GET, SEARCH);
    let answered = answer(request.header("x-correlation-id", "trace-7")).await;
    assert_eq!(answered.header("x-correlation-id"), "trace-7");
    assert_eq!(upstream.last().headers["x-correlation-id"], "trace-7");
    let answered = gateway.get_openly(SEARCH).await;
    assert_eq!(
        upstream.last().headers["x-correlation-id"],
        answered.header("x-correlation-id")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_told_how_long_it_may_take_and_not_by_clients() {
    let (gateway, upstream) = behind_one().await;
    let request = gateway.request(Method::GET, SEARCH);
    let answered = answer(request.header("x-request-timeout-ms", "1")).await;
    assert_eq!(answered.status, 200);
    let told = upstream.last().headers["x-request-timeout-ms"].clone();
    let told: u64 = told.to_str().expect("text").parse().expect("a number");
    assert!((5_000..=11_750).contains(&told), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_allowed_origins_may_call() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[
        ("FLIGHT_SERVICE", &upstream.url),
        (
            "CORS_ALLOWED_ORIGINS",
            "https://airside.example, http://127.0.0.1:3000",
        ),
    ])
    .await;
    for (origin, allowed) in [
        ("https://airside.example", true),
        ("https://evil.example", false),
    ] {
        let preflight = gateway
            .request(Method::OPTIONS, SEARCH)
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        let call = gateway
            .request(Method::GET, SEARCH)
            .header("origin", origin);
        for request in [preflight, call] {
            let answered = answer(request).await;
            let expected = if allowed { origin } else { "" };
            assert_eq!(answered.header("access-control-allow-origin"), expected);
        }
    }
    let closed = Gateway::start().await;
    let request = closed.request(Method::GET, "/api/v1/ping");
    let answered = answer(request.header("origin", "https://airside.example")).await;
    assert_eq!(answered.header("access-control-allow-origin"), "");
}
