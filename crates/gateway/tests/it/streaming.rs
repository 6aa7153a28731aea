//! What streams through the proxy, and services that are slow, down or break off.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    harness::{Gateway, admin, answer},
    proxy::{CITY, SEARCH, behind_one, raw},
    upstreams::Upstream,
};

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
    // A few, not one: a connection that is not back from the last answer yet is not waited for,
    // and each core of the gateway has its own.
    let opened = upstream.connections();
    assert!(opened <= 5, "{opened} connections for 50 requests");
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
    let request = gateway.request(Method::GET, SEARCH);
    let cut = async { request.send().await?.bytes().await };
    assert!(cut.await.is_err(), "half an answer must not look whole");
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
