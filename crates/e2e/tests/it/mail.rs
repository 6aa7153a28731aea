//! Mails when the queue cannot be trusted.

use std::time::{Duration, Instant};

use e2e::{
    bench::data::{Shape, make},
    stack::{Options, Stack},
    traveller::Traveller,
};

fn confirmed(stack: &Stack, someone: &Traveller) -> usize {
    let mails = stack.sink.mails_about("is confirmed", &someone.email);
    mails.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_lost_everything_loses_no_mail() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    let mut root = stack.database.root().await.unwrap();
    let shape = Shape {
        count: 3,
        seats: 10,
        hot_seats: 10,
    };
    let flights = make(&mut root, &stack.database.schemas, shape)
        .await
        .unwrap();
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    // The job waits in Redis, nobody takes it out, and it is lost.
    stack.part_mut("notification").kill();
    let booking = someone.must_book(flights.hot, 1).await.unwrap();
    assert_eq!(someone.pay(&booking, "k").await.unwrap().status, 200);
    tokio::time::sleep(Duration::from_secs(2)).await;
    stack.redis.flush_all().unwrap();
    stack.restart("notification").await.unwrap();
    let started = Instant::now();
    while confirmed(&stack, &someone) == 0 {
        assert!(
            started.elapsed() < Duration::from_secs(50),
            "pushed again after 30 s"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(confirmed(&stack, &someone), 1);
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_away_stops_no_booking() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    let mut root = stack.database.root().await.unwrap();
    let shape = Shape {
        count: 3,
        seats: 10,
        hot_seats: 10,
    };
    let flights = make(&mut root, &stack.database.schemas, shape)
        .await
        .unwrap();
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    stack.redis.kill();
    let booking = someone.must_book(flights.hot, 1).await.unwrap();
    let paid = someone.pay(&booking, "k").await.unwrap();
    assert_eq!(
        (paid.status, &paid.data()["status"]),
        (200, &"BOOKED".into())
    );
    stack.redis.restart().unwrap();
    let started = Instant::now();
    while confirmed(&stack, &someone) == 0 {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the mail comes when Redis is back"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    stack.finish().await.unwrap();
}
