//! What is in the way of a service's end, and what is not.

use super::*;

/// How long the service takes to stop.
async fn stopping(running: Running) -> Duration {
    let told = Instant::now();
    running.stop().await.expect("a good end");
    told.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_without_a_request_do_not_keep_it() {
    let running = running(Limits::default()).await;
    let mut idle = Client::sending(&running, HELLO).await;
    assert_eq!(idle.answer().await.body(), "hello");
    let mut kept = Client::sending(&running, HELLO).await;
    assert_eq!(kept.answer().await.body(), "hello");
    kept.send("GET /hel").await;
    let mut half = Client::sending(&running, "GET /hel").await;
    let mut silent = Client::connect(&running).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let took = stopping(running).await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    for client in [&mut idle, &mut kept, &mut silent] {
        assert_eq!(client.rest().await.0.text, "");
    }
    half.rest().await.0.is_last_problem(408, "half a head");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_flight_are_answered_and_no_others() {
    let running = running(Limits::default()).await;
    let slow = "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = Client::sending(&running, slow).await;
    let echo = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhe";
    let mut sender = Client::sending(&running, echo).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let address = running.url.trim_start_matches("http://").to_owned();
    let ended = tokio::spawn(stopping(running));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(TcpStream::connect(address).await.is_err());
    sender.send("llo").await;
    assert_eq!(sender.rest().await.0.body(), "hello");
    let (answer, _) = client.rest().await;
    assert_eq!((answer.status(), answer.body()), (200, "slow"));
    assert_eq!(answer.header("connection"), "close");
    assert!(ended.await.unwrap() < Duration::from_secs(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_ends_is_cut() {
    let running = running(Limits {
        request: Duration::from_secs(60),
        ..Limits::default()
    })
    .await;
    let never = "GET /never HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = Client::sending(&running, never).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let took = stopping(running).await;
    assert!((11..16).contains(&took.as_secs()), "{took:?}");
    let closed = client.stream.read_u8();
    let closed = tokio::time::timeout(Duration::from_secs(1), closed).await;
    assert!(closed.expect("at once").is_err());
}
