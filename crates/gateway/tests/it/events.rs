//! Event streams (text/event-stream) through the gateway.

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use service_kit::testing::eventually;

use crate::{
    harness::Gateway,
    proxy::{SEARCH, behind_one},
};

async fn events(gateway: &Gateway) -> Response {
    let request = gateway.request(Method::GET, &format!("{SEARCH}?do=events"));
    let response = request.send().await.expect("the head comes at once");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

/// The next event, alone.
async fn next(response: &mut Response) -> String {
    let piece = tokio::time::timeout(Duration::from_secs(90), response.chunk()).await;
    let piece = piece.expect("in time").expect("readable").expect("more");
    String::from_utf8(piece.to_vec()).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_arrives_by_itself() {
    let (gateway, upstream) = behind_one().await;
    let mut response = events(&gateway).await;
    let mut slowest = Duration::ZERO;
    for number in 0..50 {
        // The next one is not sent before this one has arrived.
        let sent = Instant::now();
        upstream.release();
        assert_eq!(next(&mut response).await, format!("data: {number}\n\n"));
        slowest = slowest.max(sent.elapsed());
    }
    println!("the slowest of 50 events took {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_without_an_event_does_not_end_the_stream() {
    let (gateway, upstream) = behind_one().await;
    let mut response = events(&gateway).await;
    for number in 0..2 {
        upstream.release();
        assert_eq!(next(&mut response).await, format!("data: {number}\n\n"));
        if number == 0 {
            tokio::time::sleep(Duration::from_secs(61)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_hears_at_once_that_its_listener_has_gone() {
    let (gateway, upstream) = behind_one().await;
    let mut response = events(&gateway).await;
    upstream.release();
    next(&mut response).await;
    assert_eq!(upstream.given_up(), 0);
    let left = Instant::now();
    drop(response);
    eventually("the stream ends", async || upstream.given_up() == 1).await;
    println!("the service heard of it after {:?}", left.elapsed());
    assert!(left.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_hears_that_nobody_waits_for_its_answer() {
    let (gateway, upstream) = behind_one().await;
    let waiting = gateway.request(Method::GET, &format!("{SEARCH}?do=hang"));
    let waiting = tokio::spawn(waiting.send());
    eventually("it arrives", async || upstream.seen().len() == 1).await;
    assert_eq!(upstream.given_up(), 0);
    waiting.abort();
    eventually("its handler is dropped", async || upstream.given_up() == 1).await;
}
