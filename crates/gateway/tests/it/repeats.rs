//! What is sent to a service again, and what never is.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::Method;
use service_kit::testing::{closed_port, eventually};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    harness::{Gateway, admin, answer},
    proxy::{CITY, SEARCH},
    upstreams::Upstream,
};

const CITY_1: &str = "/flightsService/api/v1/city/1";
const KEPT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// What becomes of a request.
#[derive(Clone, Copy)]
enum Reply {
    /// It is answered, and the connection kept.
    Answer,
    /// The connection is closed instead.
    Close,
    /// It is closed after these bytes.
    CloseAfter(&'static str),
}

/// A service without manners.
struct Rude {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Rude {
    /// `reply` says what becomes of the request of this number on its connection.
    async fn start(reply: fn(usize) -> Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let all = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, reply, Arc::clone(&all)));
            }
        });
        Self { url, seen }
    }

    /// Methods of the requests that arrived.
    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no panic").clone()
    }
}

async fn converse(mut stream: TcpStream, reply: fn(usize) -> Reply, seen: Arc<Mutex<Vec<String>>>) {
    for number in 0.. {
        let Some(method) = request(&mut stream).await else {
            return;
        };
        seen.lock().expect("no panic").push(method);
        let text = match reply(number) {
            Reply::Answer => KEPT,
            Reply::Close => return,
            Reply::CloseAfter(bytes) => bytes,
        };
        let _ = stream.write_all(text.as_bytes()).await;
        if text != KEPT {
            return;
        }
    }
}

/// Reads a whole request; its method.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?.into());
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a length"))];
    stream.read_exact(&mut body).await.ok()?;
    head.split(' ').next().map(str::to_owned)
}

fn first_only(number: usize) -> Reply {
    match number {
        0 => Reply::Answer,
        _ => Reply::Close,
    }
}

async fn status(gateway: &Gateway, method: Method, path: &str, body: &str) -> u16 {
    let mut request = gateway.request(method, path).bearer_auth(admin());
    if !body.is_empty() {
        request = request.body(body.to_owned());
    }
    answer(request).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn what_meets_the_end_of_a_kept_connection_is_sent_again_if_it_may_be() {
    for (method, path, body, sent) in [
        (Method::GET, SEARCH, "", 2),
        (Method::HEAD, SEARCH, "", 2),
        (Method::DELETE, CITY_1, "", 2),
        // A body has gone with the first try; POST and PATCH might be done twice.
        (Method::PUT, CITY_1, "{}", 1),
        (Method::POST, CITY, "{}", 1),
        (Method::POST, CITY, "", 1),
        (Method::PATCH, CITY_1, "{}", 1),
    ] {
        let rude = Rude::start(first_only).await;
        let gateway = Gateway::with(&[("FLIGHT_SERVICE", &rude.url)]).await;
        assert_eq!(status(&gateway, Method::GET, SEARCH, "").await, 200);
        let case = format!("{method} {body}");
        let expected = if sent == 2 { 200 } else { 503 };
        assert_eq!(
            status(&gateway, method.clone(), path, body).await,
            expected,
            "{case}"
        );
        let seen = rude.seen();
        assert_eq!(seen[0], "GET");
        assert_eq!(seen[1..], vec![method.to_string(); sent], "{case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_again_once_a_byte_of_an_answer_has_come() {
    let half = |number| match number {
        0 => Reply::Answer,
        _ => Reply::CloseAfter("HTTP/1.1 2"),
    };
    let rude = Rude::start(half).await;
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &rude.url)]).await;
    assert_eq!(status(&gateway, Method::GET, SEARCH, "").await, 200);
    assert_eq!(status(&gateway, Method::GET, SEARCH, "").await, 503);
    assert_eq!(rude.seen().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_ends_a_new_connection_is_not_tried_elsewhere() {
    let deadly = Rude::start(|_| Reply::Close).await;
    let other = Rude::start(|_| Reply::Answer).await;
    let both = format!("{},{}", deadly.url, other.url);
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &both)]).await;
    assert_eq!(status(&gateway, Method::GET, SEARCH, "").await, 503);
    assert_eq!((deadly.seen().len(), other.seen().len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_try_goes_to_another_address_and_is_the_last() {
    let (rude, polite) = (
        Rude::start(first_only).await,
        Rude::start(|_| Reply::Answer).await,
    );
    let both = format!("{},{}", rude.url, polite.url);
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &both)]).await;
    for _ in 0..3 {
        assert_eq!(status(&gateway, Method::GET, SEARCH, "").await, 200);
    }
    assert_eq!((rude.seen().len(), polite.seen().len()), (2, 2));

    let (one, two) = (Rude::start(first_only).await, Rude::start(first_only).await);
    let both = format!("{},{}", one.url, two.url);
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &both)]).await;
    for expected in [200, 200, 503] {
        assert_eq!(status(&gateway, Method::GET, SEARCH, "").await, expected);
    }
    assert_eq!((one.seen().len(), two.seen().len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_while_nobody_used_it_is_not_used() {
    let once = |_| Reply::CloseAfter("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbye");
    let rude = Rude::start(once).await;
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &rude.url)]).await;
    for round in 1..=3 {
        assert_eq!(
            status(&gateway, Method::POST, CITY, "{}").await,
            200,
            "{round}"
        );
        // Its end arrives.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(rude.seen().len(), round);
    }
}

/// A request that comes a moment before its service does: its status, and how long that took.
async fn before_its_service(method: Method, path: &str) -> (u16, Duration) {
    let address = format!("127.0.0.1:{}", closed_port());
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &format!("http://{address}"))]).await;
    let late = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(40)).await;
        Upstream::at(&address).await
    });
    let started = Instant::now();
    let status = status(&gateway, method, path, "").await;
    let took = started.elapsed();
    let upstream = late.await.expect("it comes");
    assert_eq!(upstream.seen().len(), usize::from(status == 200));
    (status, took)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_tried_again_if_it_may_be() {
    // On a busy machine the service may come before the first try, or after the second.
    let pause = Duration::from_millis(100);
    eventually("a second try arrives", async || {
        let (status, took) = before_its_service(Method::GET, SEARCH).await;
        status == 200 && took >= pause
    })
    .await;
    eventually("there is no second try", async || {
        let (status, took) = before_its_service(Method::POST, CITY).await;
        status == 503 && took < pause
    })
    .await;
}
