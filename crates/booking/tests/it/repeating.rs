//! `POST /booking` again, with the same idempotency key.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::json;

use crate::{network::Fault, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_with_the_key_goes_on_with_the_same_hold() {
    let world = World::start().await;
    let flight = world.flight(10).await;
    let token = world.identities.customer(1);
    let body = json!({"flightId": flight, "noOfSeats": 2});
    world.to_flights.always(Some(Fault::LoseReply));
    world
        .book_body(&token, Some("k1"), &body)
        .await
        .is(503, "UPSTREAM_DOWN");
    world.to_flights.always(None);
    let second = world.book_body(&token, Some("k1"), &body).await;
    assert_eq!(second.status, 201, "{}", second.text);
    let third = world.book_body(&token, Some("k1"), &body).await;
    assert_eq!(third.text, second.text);
    assert_eq!(third.headers["idempotency-replayed"], "true");
    assert_eq!(world.count("SELECT COUNT(*) FROM Bookings").await, 1);
    assert_eq!(world.seats_left(flight).await, 8);
    let other = json!({"flightId": flight, "noOfSeats": 3});
    world
        .book_body(&token, Some("k1"), &other)
        .await
        .is(422, "KEY_REUSED");
    let another_user = world
        .book_body(&world.identities.customer(2), Some("k1"), &other)
        .await;
    assert_eq!(another_user.status, 201);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_parallel_bookings_with_one_key_make_one_booking() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let body = json!({"flightId": flight, "noOfSeats": 2});
    let all = (0..20).map(|_| world.book_body(&token, Some("one"), &body));
    let answers = join_all(all).await;
    assert!(
        answers.iter().all(|answer| answer.status == 201),
        "{answers:?}"
    );
    let ids: HashSet<_> = answers.iter().map(|a| a.booking_id()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.seats_left(flight).await, 48);
    world.check().await;
}
