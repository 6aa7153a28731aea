//! A service that has too much to do: some are answered in time instead of all too late.

use std::time::{Duration, Instant};

use service_kit::testing::{closed_port, eventually};

use crate::{
    harness::Gateway,
    upstreams::{SLOW, Upstream},
};

const SEARCH: &str = "/flightsService/api/v1/flight";

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_service_may_have_under_way_are_503_at_once_until_there_is_room() {
    let upstream = Upstream::start().await;
    let metrics = format!("127.0.0.1:{}", closed_port());
    let gateway = Gateway::with(&[
        ("FLIGHT_SERVICE", &upstream.url),
        ("UPSTREAM_MAX_IN_FLIGHT", "2"),
        ("METRICS_ADDR", &metrics),
    ])
    .await;
    let hang = || {
        let url = format!("{}{SEARCH}?do=hang", gateway.url);
        tokio::spawn(reqwest::get(url))
    };
    let hanging = [hang(), hang()];
    eventually("both arrive", async || upstream.seen().len() == 2).await;

    let started = Instant::now();
    let refused = gateway.get_openly(SEARCH).await;
    refused.is_problem(503, "UPSTREAM_DOWN");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(upstream.seen().len(), 2, "it was not bothered");

    // Who hangs up gives the place back.
    hanging.iter().for_each(|request| request.abort());
    eventually("there is room again", async || {
        gateway.get_openly(SEARCH).await.status == 200
    })
    .await;

    let shown = gateway
        .client
        .get(format!("http://{metrics}/metrics"))
        .send()
        .await;
    let shown = shown.expect("shown there").text().await.expect("text");
    for outcome in ["busy", "answered"] {
        let line = shown.lines().find(|line| {
            line.starts_with("upstream_requests_total_gateway") && line.contains(outcome)
        });
        assert!(
            line.is_some_and(|line| line.contains("flights")),
            "{outcome}: {shown}"
        );
    }
}

/// Without the limit, the last of those that are admitted would wait for all the others.
#[tokio::test(flavor = "multi_thread")]
async fn those_that_are_admitted_are_answered_in_time_however_many_come() {
    let (most, all) = (3, 100);
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[
        ("FLIGHT_SERVICE", &upstream.url),
        ("UPSTREAM_MAX_IN_FLIGHT", &most.to_string()),
    ])
    .await;
    let ask = async |_| {
        let started = Instant::now();
        let answer = gateway.get_openly(&format!("{SEARCH}?do=slow")).await;
        (answer, started.elapsed())
    };
    let answers = futures::future::join_all((0..all).map(ask)).await;
    let (admitted, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|(answer, _)| answer.status == 200);
    assert!(
        admitted.len() >= most && refused.len() >= all / 2,
        "{}",
        admitted.len()
    );
    for (answer, _) in refused {
        answer.is_problem(503, "UPSTREAM_DOWN");
        assert_eq!(answer.header("retry-after"), "1");
    }
    let slowest = admitted
        .iter()
        .map(|(_, took)| *took)
        .max()
        .unwrap_or_default();
    assert!(slowest < SLOW * all as u32 / 2, "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_keeps_its_place_until_it_was_read() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[
        ("FLIGHT_SERVICE", &upstream.url),
        ("UPSTREAM_MAX_IN_FLIGHT", "1"),
    ])
    .await;
    let held = reqwest::get(format!("{}{SEARCH}?do=hold", gateway.url)).await;
    let held = held.expect("a head");
    assert_eq!(gateway.get_openly(SEARCH).await.status, 503);
    upstream.release();
    assert_eq!(held.text().await.expect("the rest"), "first second");
    eventually("its place is free", async || {
        gateway.get_openly(SEARCH).await.status == 200
    })
    .await;
}
