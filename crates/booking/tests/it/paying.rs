//! `POST /booking/payments`.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use crate::{network::Fault, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_booking_is_booked_and_its_seats_sold() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 2).await;
    let paid = world.pay(&token, &booking, "k1", "tok_success").await;
    assert_eq!(paid.status, 200, "{}", paid.text);
    assert_eq!(paid.data()["status"], "BOOKED");
    assert_eq!(paid.data()["payment"]["status"], "CAPTURED");
    assert_eq!(paid.data()["reference"], booking.data()["reference"]);
    let again = world.pay(&token, &booking, "k1", "tok_success").await;
    assert_eq!((again.status, &again.text), (paid.status, &paid.text));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert!(!paid.headers.contains_key("idempotency-replayed"));
    world
        .pay(&token, &booking, "k2", "tok_success")
        .await
        .is(409, "ALREADY_PAID");
    world
        .column_eventually(booking.booking_id(), "seatState", "SOLD")
        .await;
    assert_eq!(world.captured().await, 1);
    let id = booking.booking_id();
    let events = world
        .get(&token, &format!("/api/v1/booking/{id}/events"))
        .await
        .data();
    let to: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["to"].as_str().unwrap())
        .collect();
    assert_eq!(to, ["INITIATED", "PENDING", "BOOKED"]);
    world.check().await;
}

/// "Idempotency lived in memory: 20 parallel payments charged up to 20 times, a repeat got 400."
#[tokio::test(flavor = "multi_thread")]
async fn twenty_parallel_payments_with_one_key_charge_once_with_identical_bodies() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let all = (0..20).map(|_| world.pay(&token, &booking, "one", "tok_success"));
    let answers = join_all(all).await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{answers:?}"
    );
    assert!(answers.iter().all(|answer| answer.text == answers[0].text));
    assert_eq!(world.to_provider.calls("POST /internal/v1/charges"), 1);
    assert_eq!(world.captured().await, 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_parallel_payments_with_twenty_keys_charge_once() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let keys: Vec<_> = (0..20).map(|n| format!("key-{n}")).collect();
    let answers = join_all(
        keys.iter()
            .map(|key| world.pay(&token, &booking, key, "tok_success")),
    )
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    let codes = ["ALREADY_PAID", "PAYMENT_IN_PROGRESS"];
    assert!(
        answers
            .iter()
            .all(|a| a.status == 200 || codes.contains(&a.code().as_str()))
    );
    assert_eq!(world.captured().await, 1);
    world.check().await;
}

/// "Keys like __proto__ were 'paid', one user's key blocked another's."
#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_its_user_and_may_be_any_printable_text() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let (one, two) = (world.identities.customer(1), world.identities.customer(2));
    for key in [
        "__proto__",
        "constructor",
        "toString",
        "~ !\"#$%",
        &"k".repeat(255),
    ] {
        let (first, second) = (
            world.book(&one, flight, 1).await,
            world.book(&two, flight, 1).await,
        );
        assert_eq!(
            world.pay(&one, &first, key, "tok_success").await.status,
            200,
            "{key}"
        );
        let other = world.pay(&two, &second, key, "tok_success").await;
        assert_eq!(other.status, 200, "{key}");
        assert_ne!(other.data()["id"], first.data()["id"]);
    }
    assert_eq!(world.captured().await, 10);
    let booking = world.book(&one, flight, 1).await;
    let body = json!({"bookingId": booking.booking_id(), "totalCost": 10_000});
    world
        .pay_body(&one, &"k".repeat(256), &body)
        .await
        .is(400, "MALFORMED");
    world.pay_body(&one, "__PROTO__", &body).await;
    let path = "/api/v1/booking/payments";
    let keyless = world
        .call(reqwest::Method::POST, path, &one, None, Some(&body))
        .await;
    keyless.is(400, "KEY_MISSING");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_request_is_refused_and_a_refusal_frees_its_key() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let id = booking.booking_id();
    let wrong = json!({"bookingId": id, "totalCost": 1});
    world
        .pay_body(&token, "k", &wrong)
        .await
        .is(422, "AMOUNT_MISMATCH");
    let stranger = world.identities.customer(2);
    world
        .pay_body(&stranger, "k", &wrong)
        .await
        .is(404, "NOT_FOUND");
    assert_eq!(world.count("SELECT COUNT(*) FROM IdempotencyKeys").await, 0);
    assert_eq!(
        world.pay(&token, &booking, "k", "tok_success").await.status,
        200
    );
    world
        .pay_body(&token, "k", &wrong)
        .await
        .is(422, "KEY_REUSED");
    // The original's clients send userId: ignored, never trusted.
    let as_other = json!({"bookingId": id, "totalCost": 10_000, "userId": 1});
    world
        .pay_body(&stranger, "k2", &as_other)
        .await
        .is(404, "NOT_FOUND");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_leaves_the_booking_to_another_card() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let declined = world.pay(&token, &booking, "k1", "tok_declined").await;
    declined.is(402, "PAYMENT_DECLINED");
    let again = world.pay(&token, &booking, "k1", "tok_declined").await;
    assert_eq!(again.text, declined.text);
    assert_eq!(
        world.column(booking.booking_id(), "status").await,
        "INITIATED"
    );
    let poor = world
        .pay(&token, &booking, "k2", "tok_insufficient_funds")
        .await;
    poor.is(402, "PAYMENT_DECLINED");
    assert_eq!(
        world
            .pay(&token, &booking, "k3", "tok_success")
            .await
            .status,
        200
    );
    assert_eq!(world.captured().await, 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decline_after_the_time_is_up_ends_the_booking() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let id = booking.booking_id();
    world
        .to_provider
        .next(&[Fault::AnswerLate(Duration::from_secs(2))]);
    let expiring = async {
        world.column_eventually(id, "status", "PENDING").await;
        world
            .sql("UPDATE Bookings SET expiresAt = NOW(6) WHERE id = ?", id)
            .await;
    };
    let (declined, ()) = tokio::join!(world.pay(&token, &booking, "k", "tok_declined"), expiring);
    declined.is(402, "PAYMENT_DECLINED");
    assert_eq!(world.column(id, "status").await, "CANCELLED");
    assert_eq!(world.column(id, "reason").await, "PAYMENT_FAILED");
    world.seats_eventually(flight, 50).await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_still_asking_for_seats_is_not_ready_to_be_paid() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    world
        .to_flights
        .next(&[Fault::AnswerLate(Duration::from_secs(2))]);
    let paying = async {
        let id = world.first_booking().await;
        let body = json!({"bookingId": id, "totalCost": 0});
        let early = world.pay_body(&token, "k", &body).await;
        early.is(409, "BOOKING_NOT_READY");
        assert!(early.headers.contains_key("retry-after"));
    };
    let (booking, ()) = tokio::join!(world.book(&token, flight, 1), paying);
    assert_eq!(booking.status, 201);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_while_the_outcome_is_unknown_waits_and_then_says_so() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    world.to_provider.always(Some(Fault::LoseReply));
    let unknown = world.pay(&token, &booking, "k", "tok_success").await;
    assert_eq!(unknown.status, 202, "{}", unknown.text);
    assert_eq!(unknown.data()["status"], "PENDING");
    let again = world.pay(&token, &booking, "k", "tok_success").await;
    again.is(409, "IDEMPOTENCY_IN_PROGRESS");
    assert!(again.headers.contains_key("retry-after"));
    world
        .pay(&token, &booking, "k2", "tok_success")
        .await
        .is(409, "PAYMENT_IN_PROGRESS");
    world
        .cancel(&token, booking.booking_id())
        .await
        .is(409, "PAYMENT_IN_PROGRESS");
    world.to_provider.always(None);
    world
        .column_eventually(booking.booking_id(), "status", "BOOKED")
        .await;
    let replayed = world.pay(&token, &booking, "k", "tok_success").await;
    assert_eq!(replayed.status, 200);
    assert_eq!(replayed.headers["idempotency-replayed"], "true");
    assert_eq!(world.captured().await, 1);
    world.check().await;
}
