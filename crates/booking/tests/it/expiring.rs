//! Bookings that nobody pays in time.

use std::time::Duration;

use futures::{StreamExt, stream};
use rand::random_range;

use crate::world::World;

const EXPIRE: &str = "UPDATE Bookings SET expiresAt = NOW(6) WHERE id = ?";

/// "Paying late cancelled the booking and then booked it anyway, its seats on sale again."
#[tokio::test(flavor = "multi_thread")]
async fn paying_late_is_refused_before_and_after_the_sweep_and_books_nothing() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 2).await;
    let id = booking.booking_id();
    world.sql(EXPIRE, id).await;
    world
        .pay(&token, &booking, "k", "tok_success")
        .await
        .is(409, "BOOKING_EXPIRED");
    world.column_eventually(id, "reason", "EXPIRED").await;
    world
        .pay(&token, &booking, "k", "tok_success")
        .await
        .is(409, "BOOKING_EXPIRED");
    world.column_eventually(id, "seatState", "RELEASED").await;
    assert_eq!(world.seats_left(flight).await, 50);
    assert_eq!(world.captured().await, 0);
    world.check().await;
}

/// "Three different time-outs (5, 10, 30 minutes)": there is one.
#[tokio::test(flavor = "multi_thread")]
async fn the_one_time_out_is_the_configured_one_and_ends_at_departure() {
    let world = World::with(&[("HOLD_TTL_SECONDS", "120")]).await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let first = world.book(&token, flight, 1).await.booking_id();
    let ttl = "TIMESTAMPDIFF(SECOND, createdAt, expiresAt)";
    let seconds: i64 = world.column(first, ttl).await.parse().unwrap();
    assert!((119..=120).contains(&seconds), "{seconds}");
    sqlx::query("UPDATE Flight SET departureTime = NOW(6) + INTERVAL 60 SECOND WHERE id = ?")
        .bind(flight)
        .execute(&world.flights.admin)
        .await
        .unwrap();
    let second = world.book(&token, flight, 1).await.booking_id();
    let seconds: i64 = world.column(second, ttl).await.parse().unwrap();
    assert!((55..=60).contains(&seconds), "{seconds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pay_against_expiry_at_the_same_moment_has_one_winner_each_time() {
    const ROUNDS: i64 = 500;
    let world = World::start().await;
    let flight = world.flight(ROUNDS as u32).await;
    let outcomes: Vec<(i64, u16)> = stream::iter(0..ROUNDS)
        .map(|n| {
            let world = &world;
            async move {
                let token = world.identities.customer(n + 1);
                let booking = world.book(&token, flight, 1).await;
                let id = booking.booking_id();
                // The sweep comes once a second; the end of the time falls into the payment.
                let micros = random_range(0..30_000);
                let sql =
                    "UPDATE Bookings SET expiresAt = NOW(6) + INTERVAL ? MICROSECOND WHERE id = ?";
                let admin = &world.bookings.admin;
                // As busy as the services, so it may lose a deadlock to them and try again.
                let set = || sqlx::query(sql).bind(micros).bind(id).execute(admin);
                service_kit::db::retry(set).await.unwrap();
                tokio::time::sleep(Duration::from_micros(random_range(0..30_000))).await;
                let paid = world.pay(&token, &booking, "k", "tok_success").await;
                assert!([200, 409].contains(&paid.status.as_u16()), "{}", paid.text);
                (id, paid.status.as_u16())
            }
        })
        .buffer_unordered(16)
        .collect()
        .await;
    let paid = outcomes.iter().filter(|(_, status)| *status == 200).count();
    assert!(
        paid > 0 && paid < outcomes.len(),
        "no race: {paid} of {ROUNDS} paid"
    );
    for (id, status) in outcomes {
        match status {
            200 => {
                assert_eq!(world.column(id, "status").await, "BOOKED");
                world.column_eventually(id, "seatState", "SOLD").await;
            }
            _ => {
                world.column_eventually(id, "reason", "EXPIRED").await;
                world.column_eventually(id, "seatState", "RELEASED").await;
            }
        }
    }
    assert_eq!(world.captured().await, paid as i64);
    assert_eq!(world.seats_left(flight).await, ROUNDS - paid as i64);
    world.check().await;
}
