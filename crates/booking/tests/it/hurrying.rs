//! Callers that have less time than booking would take.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    network::Fault,
    world::{Answer, World},
};

const BOOKING: &str = "/api/v1/booking";
const PAYMENTS: &str = "/api/v1/booking/payments";

/// What a payment needs of its booking.
fn payment(booking: &Answer) -> serde_json::Value {
    json!({"bookingId": booking.booking_id(), "totalCost": booking.data()["totalCost"]})
}

fn told(header: &str) -> u64 {
    header.parse().expect("milliseconds")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_whose_time_is_up_is_pending_and_found_out_later() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let id = booking.booking_id();
    world
        .to_provider
        .next(&[Fault::AnswerLate(Duration::from_secs(5))]);
    let started = Instant::now();
    let answer = world
        .post_within(3_500, PAYMENTS, &token, &payment(&booking))
        .await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.data()["status"], "PENDING");
    assert!(started.elapsed() < Duration::from_millis(4_500));
    let left = told(&world.to_provider.header("x-request-timeout-ms"));
    assert!((1..=2_250).contains(&left), "{left}");
    assert_eq!(world.to_provider.header("x-correlation-id"), "in-a-hurry");
    let due = "UPDATE Payments SET nextCheckAt = NOW(6) WHERE bookingId = ?";
    world.sql(due, id).await;
    world.column_eventually(id, "status", "BOOKED").await;
    assert_eq!(world.captured().await, 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_begun_without_the_time_to_end_it() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    for (path, body) in [
        (BOOKING, json!({"flightId": flight})),
        (PAYMENTS, payment(&booking)),
    ] {
        for milliseconds in [0, 1, 1_500] {
            let answer = world.post_within(milliseconds, path, &token, &body).await;
            answer.is(503, "UPSTREAM_DOWN");
            assert!(answer.headers.contains_key("retry-after"));
        }
    }
    for (what, expected) in [
        ("SELECT COUNT(*) FROM Bookings", 1),
        ("SELECT COUNT(*) FROM IdempotencyKeys", 0),
        ("SELECT COUNT(*) FROM Payments", 0),
    ] {
        assert_eq!(world.count(what).await, expected, "{what}");
    }
    assert_eq!(
        world.column(booking.booking_id(), "status").await,
        "INITIATED"
    );
    // With the time, the same key does it.
    let paid = world
        .post_within(9_000, PAYMENTS, &token, &payment(&booking))
        .await;
    assert_eq!(paid.status, 200, "{}", paid.text);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_whose_time_is_up_may_be_asked_for_again() {
    let world = World::start().await;
    let flight = world.flight(10).await;
    let token = world.identities.customer(1);
    let body = json!({"flightId": flight, "noOfSeats": 2});
    let late = Fault::AnswerLate(Duration::from_secs(4));
    world.to_flights.next(&[late]);
    let started = Instant::now();
    let answer = world.post_within(3_000, BOOKING, &token, &body).await;
    answer.is(503, "UPSTREAM_DOWN");
    assert!(answer.headers.contains_key("retry-after"));
    assert!(started.elapsed() < Duration::from_millis(4_000));
    let left = told(&world.to_flights.header("x-request-timeout-ms"));
    assert!((1..=1_750).contains(&left), "{left}");
    // The same key goes on with the same hold, which was taken once.
    let again = world.post_within(9_000, BOOKING, &token, &body).await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert_eq!(world.count("SELECT COUNT(*) FROM Bookings").await, 1);
    assert_eq!(world.seats_left(flight).await, 8);
    world.check().await;
}
