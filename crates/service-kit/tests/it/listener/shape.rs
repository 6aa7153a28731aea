//! What a request must look like, and what every answer does.

use super::*;

async fn only(running: &Running, request: &str) -> Answer {
    Client::sending(running, request).await.rest().await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_one_host() {
    let running = running(Limits::default()).await;
    for hosts in ["", "host: a\r\nhost: a\r\n", "host: a\r\nHost: b\r\n"] {
        let request = format!("GET /hello HTTP/1.1\r\n{hosts}\r\n");
        only(&running, &request).await.is_last_problem(400, hosts);
        let old = format!("GET /hello HTTP/1.0\r\n{hosts}\r\n");
        match hosts {
            "" => assert_eq!(only(&running, &old).await.body(), "hello"),
            _ => only(&running, &old).await.is_last_problem(400, hosts),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_one_length() {
    let running = running(Limits::default()).await;
    let chunked = "transfer-encoding: chunked\r\n";
    for (lengths, body) in [
        (format!("content-length: 5\r\n{chunked}"), "0\r\n\r\n"),
        (format!("{chunked}Content-Length: 5\r\n"), "0\r\n\r\n"),
        (format!("{chunked}{chunked}"), "0\r\n\r\n"),
        ("content-length: 5\r\ncontent-length: 6\r\n".into(), "hello"),
        ("content-length: 5, 6\r\n".into(), "hello"),
        ("content-length: +5\r\n".into(), "hello"),
        ("content-length : 5\r\n".into(), "hello"),
        ("transfer-encoding: gzip, chunked\r\n".into(), "0\r\n\r\n"),
        ("transfer-encoding: identity\r\n".into(), "hello"),
        ("transfer-encoding: chunked, gzip\r\n".into(), "hello"),
        ("transfer-encoding:\u{b}chunked\r\n".into(), "0\r\n\r\n"),
    ] {
        let request = format!("POST /echo HTTP/1.1\r\nhost: a\r\n{lengths}\r\n{body}");
        let answer = only(&running, &request).await;
        answer.is_last_problem(400, &lengths);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lengths_are_found_behind_another_request_and_in_two_pieces() {
    let running = running(Limits::default()).await;
    let smuggled = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 60\r\n\
                    transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = Client::sending(&running, &format!("{HELLO}{smuggled}")).await;
    assert_eq!(client.answer().await.body(), "hello");
    client.rest().await.0.is_last_problem(400, "behind another");
    for cut in [40, 45, 50, 60, 70] {
        let mut client = Client::sending(&running, &smuggled[..cut]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        client.send(&smuggled[cut..]).await;
        client.rest().await.0.is_last_problem(400, "in two pieces");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_behind_each_other_are_answered_in_turn() {
    let running = running(Limits::default()).await;
    let echo = |body: &str| {
        let length = body.len();
        format!("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    let chunked = "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n\
                   5\r\nthird\r\n0\r\n\r\n";
    let all = format!("{}{HELLO}{chunked}{}", echo("first"), echo("fourth"));
    let mut client = Client::sending(&running, &all).await;
    for expected in ["first", "hello", "third", "fourth"] {
        assert_eq!(client.answer().await.body(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_an_end() {
    let running = running(Limits::default()).await;
    let with = |headers: &str| format!("GET /hello HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
    let long = |size: usize| with(&format!("x: {}\r\n", "x".repeat(size)));
    let many = |count: usize| with(&"x: y\r\n".repeat(count));
    for (request, status) in [
        (long(15_000), 200),
        (long(17_000), 431),
        (long(40_000), 431),
        (long(700_000), 431),
        (many(98), 200),
        (many(101), 431),
        (many(9_000), 431),
    ] {
        let mut client = Client::sending(&running, &request).await;
        match status {
            200 => assert_eq!(client.answer().await.body(), "hello"),
            status => client
                .rest()
                .await
                .0
                .is_last_problem(status, &request.len().to_string()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_has_an_end() {
    let running = running(Limits::default()).await;
    let get = |size: usize| {
        let path = "x".repeat(size);
        format!("GET /{path} HTTP/1.1\r\nhost: a\r\n\r\n")
    };
    let answer = Client::sending(&running, &get(8_000)).await.answer().await;
    assert_eq!(answer.status(), 404);
    for size in [9_000, 20_000, 40_000, 70_000, 700_000] {
        let answer = only(&running, &get(size)).await;
        answer.is_last_problem(414, &size.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_a_problem_too() {
    let running = running(Limits::default()).await;
    for nonsense in [
        "nonsense\r\n\r\n",
        "GET /hello\r\n\r\n",
        "GET /hello HTTP/3.0\r\nhost: a\r\n\r\n",
        "GET /a b HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nhost a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nhost: a\r\nx\u{0}: y\r\n\r\n",
        "GET /hello HTTP/1.1\r\nhost: a\r\n folded: y\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = only(&running, nonsense).await;
        answer.is_last_problem(400, nonsense);
    }
    let mut client = Client::sending(&running, &format!("{HELLO}nonsense\r\n\r\n")).await;
    assert_eq!(client.answer().await.body(), "hello");
    client.rest().await.0.is_last_problem(400, "behind another");
    let counted = r#"http_requests_total_life{method="OTHER",route="unmatched",status_code="400"}"#;
    let metrics = service_kit::telemetry::scrape();
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_browsers_to_be_careful() {
    let running = running(Limits::default()).await;
    for (line, status) in [
        ("GET /hello", 200),
        ("HEAD /hello", 200),
        ("GET /livez", 200),
        ("GET /nowhere", 404),
        ("DELETE /livez", 405),
        ("GET /panics", 500),
        ("GET /readyz", 503),
    ] {
        let request = format!("{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let answer = only(&running, &request).await;
        assert_eq!(answer.status(), status, "{line}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("server", ""),
            ("cache-control", ""),
        ] {
            assert_eq!(answer.header(name), value, "{line}: {name}");
        }
    }
    let page = "GET /page HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let page = only(&running, page).await;
    assert_eq!(page.header("content-security-policy"), "");
    assert_eq!(page.header("x-frame-options"), "DENY");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_one_person_is_not_cached() {
    let running = running(Limits::default()).await;
    for (path, kept) in [("/hello", "no-store"), ("/cached", "max-age=60")] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n"
        );
        let answer = only(&running, &request).await;
        assert_eq!(answer.header("cache-control"), kept);
    }
}
