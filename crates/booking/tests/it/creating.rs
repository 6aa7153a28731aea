//! `POST /booking`.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use crate::{network::Fault, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_holds_its_seats_at_the_price_of_the_hold() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let booking = world.book(&world.identities.customer(1), flight, 2).await;
    assert_eq!(booking.status, 201, "{}", booking.text);
    let data = booking.data();
    assert_eq!(data["status"], "INITIATED");
    assert_eq!(data["totalCost"], 20_000);
    assert_eq!(data["currency"], "USD");
    assert_eq!(data["reference"].as_str().unwrap().len(), 6);
    assert_eq!(data["contact"]["email"], "user1@example.test");
    assert_eq!(data["items"][0]["unitPrice"], 10_000);
    assert_eq!(data["items"][0]["flight"]["departureAirportId"], "JFK");
    assert_eq!(world.seats_left(flight).await, 48);
    world.check().await;
}

/// "Seats were read, then decremented: oversold."
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_on_a_fifty_seat_flight_sell_exactly_fifty() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let tokens: Vec<_> = (1..=200).map(|id| world.identities.customer(id)).collect();
    let answers = join_all(
        tokens
            .iter()
            .map(|token| world.book_patiently(token, flight, 1)),
    )
    .await;
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((held, refused), (50, 150));
    assert!(
        answers
            .iter()
            .filter(|a| a.status == 409)
            .all(|a| a.code() == "NO_SEATS")
    );
    assert_eq!(world.seats_left(flight).await, 0);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mixed_sizes_on_thirty_seats_never_exceed_thirty() {
    let world = World::start().await;
    let flight = world.flight(30).await;
    let tokens: Vec<_> = (1..=40).map(|id| world.identities.customer(id)).collect();
    let sized = tokens.iter().zip((1..=9).cycle());
    let bookings = sized.map(|(token, n)| world.book_patiently(token, flight, n));
    let answers = join_all(bookings).await;
    let held = answers.iter().filter(|answer| answer.status == 201);
    let seats: i64 = held
        .map(|answer| answer.data()["noOfSeats"].as_i64().unwrap())
        .sum();
    assert!(seats <= 30, "{seats}");
    assert_eq!(world.seats_left(flight).await, 30 - seats);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_flights_in_one_booking_are_held_all_or_nothing() {
    let world = World::start().await;
    let (roomy, tight) = (world.flight(50).await, world.flight(1).await);
    let token = world.identities.customer(1);
    let both = json!({"items": [
        {"flightId": roomy, "noOfSeats": 2}, {"flightId": tight, "noOfSeats": 2},
    ]});
    world
        .book_body(&token, None, &both)
        .await
        .is(409, "NO_SEATS");
    assert_eq!(
        (world.seats_left(roomy).await, world.seats_left(tight).await),
        (50, 1)
    );
    let fits = json!({"items": [
        {"flightId": roomy, "noOfSeats": 2}, {"flightId": tight, "noOfSeats": 1},
    ]});
    let booking = world.book_body(&token, None, &fits).await;
    assert_eq!(booking.data()["totalCost"], 30_000, "{}", booking.text);
    assert_eq!(
        (world.seats_left(roomy).await, world.seats_left(tight).await),
        (48, 0)
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_carry_the_reason_of_flights() {
    let world = World::start().await;
    let token = world.identities.customer(1);
    world
        .book(&token, 999_999, 1)
        .await
        .is(404, "INVALID_FLIGHT");
    let (usd, eur) = (world.flight(5).await, world.flight_in(5, "EUR").await);
    let both = json!({"items": [{"flightId": usd}, {"flightId": eur}]});
    world
        .book_body(&token, None, &both)
        .await
        .is(422, "CURRENCY_MISMATCH");
    let twice = json!({"items": [{"flightId": usd}, {"flightId": usd}]});
    world
        .book_body(&token, None, &twice)
        .await
        .is(422, "DUPLICATE_FLIGHT");
    sqlx::query("UPDATE Flight SET departureTime = NOW(6) - INTERVAL 1 MINUTE WHERE id = ?")
        .bind(eur)
        .execute(&world.flights.admin)
        .await
        .unwrap();
    world.book(&token, eur, 1).await.is(422, "FLIGHT_DEPARTED");
    assert_eq!(
        world
            .count("SELECT COUNT(*) FROM Bookings WHERE status <> 'CANCELLED'")
            .await,
        0
    );
    // A flight twice is refused before anything is written.
    assert_eq!(world.count("SELECT COUNT(*) FROM Bookings").await, 3);
    let mine = world.get(&token, "/api/v1/booking").await;
    assert_eq!(mine.data(), json!([]), "never-held bookings do not show");
    world.check().await;
}

/// Catches `rejectdirect`: a refusal that does not have its hold released leaves no tombstone.
/// Also: "a booking whose seats were refused stayed, and its expiry gave back seats never taken".
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_booking_ends_and_its_late_hold_takes_and_gives_back_nothing() {
    let world = World::start().await;
    let flight = world.flight(1).await;
    let first = world.book(&world.identities.customer(1), flight, 1).await;
    world
        .book(&world.identities.customer(2), flight, 1)
        .await
        .is(409, "NO_SEATS");
    let refused = world.count("SELECT MAX(id) FROM Bookings").await;
    assert_eq!(world.column(refused, "status").await, "CANCELLED");
    assert_eq!(world.column(refused, "reason").await, "NO_SEATS");
    world
        .column_eventually(refused, "seatState", "RELEASED")
        .await;
    assert_eq!(
        world.seats_left(flight).await,
        0,
        "seats never taken were given back"
    );

    world
        .cancel(&world.identities.customer(1), first.booking_id())
        .await;
    world.seats_eventually(flight, 1).await;
    let hold = world.column(refused, "holdId").await;
    let (status, body) = world.put_hold(&hold, flight, 1).await;
    assert_eq!(status, 409, "{body}");
    assert!(body.contains("RELEASED"), "{body}");
    assert_eq!(world.seats_left(flight).await, 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_is_asked_for_again_and_takes_the_seats_once() {
    let world = World::start().await;
    let flight = world.flight(10).await;
    world
        .to_flights
        .next(&[Fault::LoseReply, Fault::LoseRequest]);
    let booking = world.book(&world.identities.customer(1), flight, 3).await;
    assert_eq!(booking.status, 201, "{}", booking.text);
    assert_eq!(world.to_flights.calls("PUT"), 3);
    assert_eq!(world.seats_left(flight).await, 7);
    world.check().await;
}

/// Catches `unguardedheld`: a reply that comes after the booking has ended must not revive it.
#[tokio::test(flavor = "multi_thread")]
async fn a_hold_confirmed_after_the_customer_cancelled_stays_released() {
    let world = World::start().await;
    let flight = world.flight(10).await;
    let token = world.identities.customer(1);
    world
        .to_flights
        .next(&[Fault::AnswerLate(Duration::from_secs(2))]);
    let cancelling = async {
        let id = world.first_booking().await;
        world.seats_eventually(flight, 8).await;
        assert_eq!(world.cancel(&token, id).await.status, 200);
        id
    };
    let (booking, id) = tokio::join!(world.book(&token, flight, 2), cancelling);
    booking.is(409, "BOOKING_ENDED");
    world.column_eventually(id, "seatState", "RELEASED").await;
    assert_eq!(world.column(id, "status").await, "CANCELLED");
    world.seats_eventually(flight, 10).await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_whose_seats_were_never_learnt_about_is_abandoned() {
    let world = World::start().await;
    let flight = world.flight(10).await;
    let token = world.identities.customer(1);
    world.to_flights.always(Some(Fault::LoseReply));
    let answer = world
        .book_body(&token, Some("k"), &json!({"flightId": flight}))
        .await;
    answer.is(503, "UPSTREAM_DOWN");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(
        world.seats_left(flight).await,
        9,
        "the hold was taken, its replies were lost"
    );
    let id = world.count("SELECT MAX(id) FROM Bookings").await;
    world
        .sql(
            "UPDATE Bookings SET createdAt = NOW(6) - INTERVAL 31 SECOND WHERE id = ?",
            id,
        )
        .await;
    world.column_eventually(id, "reason", "ABANDONED").await;
    world.to_flights.always(None);
    world.column_eventually(id, "seatState", "RELEASED").await;
    world.seats_eventually(flight, 10).await;
    let again = world
        .book_body(&token, Some("k"), &json!({"flightId": flight}))
        .await;
    again.is(409, "BOOKING_ENDED");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unpaid_holds_are_limited_and_counted_exactly() {
    let world = World::with(&[("MAX_UNPAID_HOLDS", "3")]).await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let answers = join_all((0..12).map(|_| world.book(&token, flight, 1))).await;
    let held: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .collect();
    assert_eq!(held.len(), 3);
    assert!(
        answers
            .iter()
            .all(|a| a.status == 201 || a.code() == "TOO_MANY_HOLDS")
    );
    world.pay(&token, held[0], "k", "tok_success").await;
    world.cancel(&token, held[1].booking_id()).await;
    assert_eq!(world.book(&token, flight, 1).await.status, 201);
    assert_eq!(world.book(&token, flight, 1).await.status, 201);
    world
        .book(&token, flight, 1)
        .await
        .is(409, "TOO_MANY_HOLDS");
    world.cancel(&token, held[0].booking_id()).await;
    world
        .book(&token, flight, 1)
        .await
        .is(409, "TOO_MANY_HOLDS");
    world.check().await;
}
