//! Payments whose answer never came.

use std::time::Duration;

use service_kit::testing::eventually;

use crate::{network::Fault, world::World};

const NOW_DUE: &str = "UPDATE Payments SET nextCheckAt = NOW(6) WHERE bookingId = ?";

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_whose_reply_was_lost_books_the_flight() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    world.to_provider.next(&[Fault::LoseReply]);
    assert_eq!(
        world.pay(&token, &booking, "k", "tok_success").await.status,
        202
    );
    world.sql(NOW_DUE, booking.booking_id()).await;
    world
        .column_eventually(booking.booking_id(), "status", "BOOKED")
        .await;
    assert_eq!(
        world.to_provider.calls("POST /internal/v1/charges/"),
        0,
        "no void was needed"
    );
    assert_eq!(world.captured().await, 1);
    world.check().await;
}

/// Catches `notfounddeclined`: a charge that the provider does not know may be on its way, so the
/// reconciler voids it, and when it comes it is declined.
#[tokio::test(flavor = "multi_thread")]
async fn a_charge_that_arrives_after_the_reconciler_asked_is_never_kept() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let id = booking.booking_id();
    world
        .to_provider
        .next(&[Fault::ArriveLate(Duration::from_secs(4))]);
    assert_eq!(
        world.pay(&token, &booking, "k", "tok_success").await.status,
        202
    );
    world.sql(NOW_DUE, id).await;
    world.column_eventually(id, "status", "INITIATED").await;
    world
        .pay(&token, &booking, "k", "tok_success")
        .await
        .is(402, "PAYMENT_DECLINED");
    let arrived = "SELECT COUNT(*) FROM Charges";
    eventually("the tombstone stands", async || {
        let n: i64 = sqlx::query_scalar(arrived)
            .fetch_one(&world.ledger.admin)
            .await
            .unwrap();
        n == 1
    })
    .await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(world.captured().await, 0, "the late charge was kept");
    assert_eq!(
        world
            .pay(&token, &booking, "k2", "tok_success")
            .await
            .status,
        200
    );
    assert_eq!(world.captured().await, 1);
    world.check().await;
}

/// Catches `expirepaying`: the sweeper never touches a booking whose payment runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_expires_while_it_is_paid_is_left_to_the_payment() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let id = booking.booking_id();
    world.to_provider.always(Some(Fault::LoseReply));
    assert_eq!(
        world.pay(&token, &booking, "k", "tok_success").await.status,
        202
    );
    world
        .sql(
            "UPDATE Bookings SET expiresAt = NOW(6) - INTERVAL 1 MINUTE WHERE id = ?",
            id,
        )
        .await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(
        world.column(id, "status").await,
        "PENDING",
        "swept while it was paid"
    );
    world.to_provider.always(None);
    world.sql(NOW_DUE, id).await;
    world.column_eventually(id, "status", "BOOKED").await;
    assert_eq!(world.seats_left(flight).await, 49);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_contradicts_its_decline_gives_the_money_back() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let id = booking.booking_id();
    world
        .pay(&token, &booking, "k", "tok_declined")
        .await
        .is(402, "PAYMENT_DECLINED");
    // The provider changes its mind, and booking comes to ask again.
    sqlx::query("UPDATE Charges SET state = 'CAPTURED', declineReason = NULL")
        .execute(&world.ledger.admin)
        .await
        .unwrap();
    let ask = "UPDATE Payments SET status = 'PROCESSING', nextCheckAt = NOW(6) WHERE bookingId = ?";
    world.sql(ask, id).await;
    let refunded = "SELECT COUNT(*) FROM Refunds WHERE status = 'SUCCEEDED'";
    eventually("the refund succeeded", async || {
        world.count(refunded).await == 1
    })
    .await;
    assert_eq!(world.column(id, "status").await, "INITIATED");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_times_out_is_charged_once_or_not_at_all() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let charged = world.book(&token, flight, 1).await;
    let uncharged = world.book(&token, flight, 1).await;
    let (one, other) = tokio::join!(
        world.pay(&token, &charged, "k1", "tok_timeout_charged"),
        world.pay(&token, &uncharged, "k2", "tok_timeout_not_charged"),
    );
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (202, 202));
    for booking in [&charged, &uncharged] {
        world.sql(NOW_DUE, booking.booking_id()).await;
    }
    world
        .column_eventually(charged.booking_id(), "status", "BOOKED")
        .await;
    world
        .column_eventually(uncharged.booking_id(), "status", "INITIATED")
        .await;
    assert_eq!(world.captured().await, 1);
    world.check().await;
}
