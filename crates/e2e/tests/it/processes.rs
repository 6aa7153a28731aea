//! The services as processes: ready or not, told to stop, misconfigured, away.

use std::time::{Duration, Instant};

use e2e::{
    stack::{Choice, Options, Stack},
    traveller::Traveller,
};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::AssertSqlSafe;

use crate::shared::a_flight_of;

pub const SERVICES: [&str; 5] = [
    "gateway",
    "flights",
    "booking",
    "notification",
    "payment-sandbox",
];

pub async fn readiness(stack: &Stack, service: &str) -> u16 {
    let url = format!("{}/readyz", stack.part(service).url());
    let answer = stack
        .http
        .get(url)
        .timeout(Duration::from_secs(3))
        .send()
        .await;
    answer.map_or(0, |answer| answer.status().as_u16())
}

/// How long until all services' readiness is `status`.
async fn all_become(stack: &Stack, status: u16) -> Duration {
    let started = Instant::now();
    let each = SERVICES.map(|service| async move {
        while readiness(stack, service).await != status {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "{service} never is {status}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    futures::future::join_all(each).await;
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
pub async fn readiness_follows_the_database() {
    let options = Options {
        database: Choice::Private,
        ..Options::for_tests()
    };
    let mut stack = Stack::start(&options).await.unwrap();
    stack.mariadb.as_mut().unwrap().kill();
    let lost = all_become(&stack, 503).await;
    assert!(lost < Duration::from_secs(3), "{lost:?}");
    for service in SERVICES {
        let live = stack
            .http
            .get(format!("{}/livez", stack.part(service).url()));
        assert_eq!(
            live.send().await.unwrap().status(),
            200,
            "{service} is alive"
        );
    }
    let search = stack
        .gateway()
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    assert_eq!(
        (search.status, search.code()),
        (503, "UPSTREAM_DOWN"),
        "{}",
        search.text
    );
    assert!(!search.header("retry-after").is_empty());
    stack.mariadb.as_mut().unwrap().restart().unwrap();
    let back = all_become(&stack, 200).await;
    assert!(back < Duration::from_secs(5), "{back:?}");
    let search = stack
        .gateway()
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    assert_eq!(search.status, 200, "{}", search.text);
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_finishes_what_it_does_and_exits_0() {
    let options = Options::for_tests().with("payment-sandbox", "CHARGE_DELAY_MS", "2000");
    let mut stack = Stack::start(&options).await.unwrap();
    let flight = a_flight_of(&stack).await;
    for service in ["booking", "gateway", "payment-sandbox"] {
        let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
        let booking = someone.must_book(flight, 1).await.unwrap();
        let paying = tokio::spawn(async move { someone.pay(&booking, "slow").await });
        payment_runs(&stack).await;
        let told = Instant::now();
        stack.part(service).signal_stop();
        let paid = paying.await.unwrap().unwrap();
        assert_eq!(paid.status, 200, "{service} in flight: {}", paid.text);
        let status = stack.part_mut(service).wait_end().await.unwrap();
        assert_eq!(status.code(), Some(0), "{service}");
        assert!(
            told.elapsed() < Duration::from_secs(15),
            "{service} {:?}",
            told.elapsed()
        );
        stack.restart(service).await.unwrap();
    }
    for service in SERVICES {
        let told = Instant::now();
        stack.part(service).signal_stop();
        let status = stack.part_mut(service).wait_end().await.unwrap();
        assert_eq!(status.code(), Some(0), "{service}");
        assert!(
            told.elapsed() < Duration::from_secs(15),
            "{service} {:?}",
            told.elapsed()
        );
    }
    stack.finish().await.unwrap();
}

/// Waits until the provider has a charge that it has not decided.
async fn payment_runs(stack: &Stack) {
    let running = stack
        .database
        .schemas
        .fill("SELECT COUNT(*) FROM {payments}.Charges WHERE state = 'PROCESSING'");
    let mut root = stack.database.root().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let running: i64 = sqlx::query_scalar(AssertSqlSafe(running.clone()))
            .fetch_one(&mut root)
            .await
            .unwrap();
        if running > 0 {
            return;
        }
        assert!(Instant::now() < deadline, "no payment is under way");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_is_503_with_retry_after_in_time() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = a_flight_of(&stack).await;
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    someone.must_book(flight, 1).await.unwrap();

    stack.part_mut("flights").kill();
    let started = Instant::now();
    let search = someone
        .api
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    let booked = someone.book(flight, 1).await.unwrap();
    for answer in [search, booked] {
        assert_eq!(
            (answer.status, answer.code()),
            (503, "UPSTREAM_DOWN"),
            "{}",
            answer.text
        );
        assert!(!answer.header("retry-after").is_empty());
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    assert!(
        started.elapsed() < Duration::from_secs(12),
        "{:?}",
        started.elapsed()
    );
    stack.restart("flights").await.unwrap();
    let search = someone
        .api
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    assert_eq!(search.status, 200, "and it is back at once");

    hangs_and_is_given_up(&stack, &someone).await;
    stack.finish().await.unwrap();
}

/// A service that accepts and never answers.
async fn hangs_and_is_given_up(stack: &Stack, someone: &Traveller) {
    let booking = stack
        .part("booking")
        .pid()
        .and_then(|pid| Pid::from_raw(pid as i32))
        .unwrap();
    kill_process(booking, Signal::STOP).unwrap();
    let started = Instant::now();
    let mine = someone.api.get("/bookingService/api/v1/booking").await;
    let took = started.elapsed();
    kill_process(booking, Signal::CONT).unwrap();
    let mine = mine.unwrap();
    assert_eq!(
        (mine.status, mine.code()),
        (503, "UPSTREAM_DOWN"),
        "{}",
        mine.text
    );
    assert!(!mine.header("retry-after").is_empty());
    assert!(took < Duration::from_secs(14), "{took:?}");
}
