//! The proxy between real clients and real servers.

use std::time::{Duration, Instant};

use gateway::routes::routes;
use reqwest::Method;
use serde_json::json;
use service_kit::http::routes::Access;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    harness::{Gateway, admin, answer, token},
    upstreams::Upstream,
};

const SEARCH: &str = "/flightsService/api/v1/flight";
const CITY: &str = "/flightsService/api/v1/city";

async fn behind_one() -> (Gateway, Upstream) {
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
async fn every_line_of_the_table_admits_whom_it_says_and_nobody_else() {
    let (gateway, _upstream) = behind_one().await;
    let callers = ["", "CUSTOMER", "FLIGHT_COMPANY", "ADMIN"];
    for line in routes().table() {
        for role in callers {
            let path = line.path.replace("{id}", "7").replace("{seatId}", "8");
            let method: Method = line.method.parse().expect("a method");
            let request = gateway.request(method, &path);
            let request = match role {
                "" => request,
                role => request.bearer_auth(token(7, role)),
            };
            let status = answer(request).await.status;
            let expected = match (line.access, role) {
                (Access::Open, _) => None,
                (Access::SignedIn | Access::Roles(_), "") => Some(401),
                (Access::Roles(roles), role) if !roles.contains(&role) => Some(403),
                _ => None,
            };
            let known = [line.method, line.path, role];
            match expected {
                Some(expected) => assert_eq!(status, expected, "{known:?}"),
                // /me of an account that is gone is 401 behind the table's own check.
                None if line.path == "/api/v1" || line.path == "/api/v1/me" => {}
                None => assert!(![401, 403, 405].contains(&status), "{known:?}: {status}"),
            }
        }
    }
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
async fn answers_stream_before_they_are_whole() {
    let (gateway, upstream) = behind_one().await;
    let request = gateway.request(Method::GET, &format!("{SEARCH}?do=hold"));
    let mut response = request.send().await.expect("the head comes at once");
    let first = response.chunk().await.expect("readable");
    assert_eq!(first.as_deref(), Some(&b"first "[..]));
    upstream.release();
    assert_eq!(response.text().await.expect("the rest"), "second");
    let large = gateway.get_openly(&format!("{SEARCH}?do=large")).await;
    assert_eq!(large.text.len(), 20_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn request_bodies_stream_before_they_are_whole() {
    let (gateway, upstream) = behind_one().await;
    let mut stream = TcpStream::connect(gateway.url.trim_start_matches("http://"))
        .await
        .expect("connected");
    let head = format!(
        "POST {CITY} HTTP/1.1\r\nhost: g\r\nauthorization: Bearer {}\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n",
        admin()
    );
    stream.write_all(head.as_bytes()).await.expect("written");
    let arrived = tokio::time::timeout(Duration::from_secs(5), upstream.first_chunk()).await;
    arrived.expect("the first piece arrives before the second is sent");
    stream
        .write_all(b"6\r\nsecond\r\n0\r\n\r\n")
        .await
        .expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("read");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(upstream.last().body, "firstsecond");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_a_service_are_used_again() {
    let (gateway, upstream) = behind_one().await;
    for _ in 0..50 {
        assert_eq!(gateway.get_openly(SEARCH).await.status, 200);
    }
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_services_own_refusal_passes_as_it_is() {
    let (gateway, _upstream) = behind_one().await;
    let answer = gateway.get_openly(&format!("{SEARCH}?do=refuse")).await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.text, r#"{"code":"NO_SEATS"}"#);
    let head = answer_to_head(&gateway).await;
    assert_eq!((head.0, head.1.as_str()), (200, ""));
}

async fn answer_to_head(gateway: &Gateway) -> (u16, String) {
    let answered = answer(gateway.request(Method::HEAD, SEARCH)).await;
    (answered.status, answered.text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_is_503_and_back_when_it_is() {
    let (gateway, upstream) = behind_one().await;
    assert_eq!(gateway.get_openly(SEARCH).await.status, 200);
    let address = upstream.url.trim_start_matches("http://").to_owned();
    drop(upstream);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    let create = gateway
        .post_as(&admin(), CITY, &json!({"name": "Zurich"}))
        .await;
    create.is_problem(503, "UPSTREAM_DOWN");
    gateway
        .get_openly(SEARCH)
        .await
        .is_problem(503, "UPSTREAM_DOWN");
    assert!(started.elapsed() < Duration::from_secs(3));
    let _again = Upstream::at(&address).await;
    assert_eq!(gateway.get_openly(SEARCH).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_hangs_is_503_in_time() {
    let (gateway, _upstream) = behind_one().await;
    let started = Instant::now();
    let answer = gateway.get_openly(&format!("{SEARCH}?do=hang")).await;
    answer.is_problem(503, "UPSTREAM_DOWN");
    assert!((11..14).contains(&started.elapsed().as_secs()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_breaks_off_is_no_whole_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"] {
            let (mut stream, _) = listener.accept().await.expect("accepted");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &url)]).await;
    gateway
        .get_openly(SEARCH)
        .await
        .is_problem(503, "UPSTREAM_DOWN");
    let cut = gateway
        .request(Method::GET, SEARCH)
        .send()
        .await
        .expect("a head");
    assert!(
        cut.bytes().await.is_err(),
        "half an answer must not look whole"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_take_turns_and_pass_by_a_dead_replica() {
    let (one, two) = (Upstream::start().await, Upstream::start().await);
    let list = format!("{},http://127.0.0.1:1,{}", one.url, two.url);
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &list)]).await;
    for _ in 0..15 {
        assert_eq!(gateway.get_openly(SEARCH).await.status, 200);
        let body = json!({"city": "Zurich"});
        assert_eq!(gateway.post_as(&admin(), CITY, &body).await.status, 200);
    }
    let counts = (one.seen().len(), two.seen().len());
    assert_eq!(counts.0 + counts.1, 30, "each arrived once");
    assert!(counts.0 >= 10 && counts.1 >= 10, "{counts:?}");
    let bodies = [one.seen(), two.seen()].concat();
    let posts = bodies.iter().filter(|seen| seen.method == "POST");
    assert!(
        posts
            .clone()
            .all(|seen| seen.body == r#"{"city":"Zurich"}"#)
    );
    drop(one);
    tokio::time::sleep(Duration::from_millis(50)).await;
    for _ in 0..6 {
        assert_eq!(gateway.get_openly(SEARCH).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_over_64_kib_are_413() {
    let (gateway, upstream) = behind_one().await;
    let post = |size: usize| {
        let request = gateway.request(Method::POST, CITY).bearer_auth(admin());
        request
            .header("content-type", "application/json")
            .body(vec![b' '; size])
    };
    assert_eq!(answer(post(65_536)).await.status, 200);
    for size in [65_537, 900_000] {
        answer(post(size)).await.is_problem(413, "MALFORMED");
    }
    let own = gateway
        .request(Method::POST, "/api/v1/signup")
        .body(vec![b' '; 70_000]);
    answer(own).await.is_problem(413, "MALFORMED");

    let head = format!(
        "POST {CITY} HTTP/1.1\r\nhost: g\r\nauthorization: Bearer {}\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n",
        admin()
    );
    let chunk = format!("8000\r\n{}\r\n", " ".repeat(0x8000));
    let chunked = format!("{head}{chunk}{chunk}{chunk}0\r\n\r\n");
    let answer = raw(&gateway, chunked.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert!(upstream.seen().iter().all(|seen| seen.body.len() <= 65_536));
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
