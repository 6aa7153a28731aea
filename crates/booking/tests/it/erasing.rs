//! `POST /internal/v1/users/{id}/erasure`.

use futures::future::join_all;
use serde_json::json;
use service_kit::testing::{eventually, http};

use crate::{
    network::Fault,
    world::{
        World,
        person::{MAILS_ARE_DONE, cleo, trip},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_blocks_an_erasure_and_nothing_changes() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = cleo(&world);
    let booking = world.book_body(&token, Some("b"), &trip(flight)).await;
    let id = booking.booking_id();
    world.is_blocked(5, &["booking_unpaid"]).await;

    world.to_provider.always(Some(Fault::LoseRequest));
    let paying = world.pay(&token, &booking, "p", "tok_success").await;
    assert_eq!(paying.status, 202, "{}", paying.text);
    world.is_blocked(5, &["booking_being_paid"]).await;

    world.to_provider.always(None);
    world
        .sql(
            "UPDATE Payments SET nextCheckAt = NOW(6) WHERE bookingId = ?",
            id,
        )
        .await;
    world.column_eventually(id, "status", "INITIATED").await;
    let paid = world.pay(&token, &booking, "p2", "tok_success").await;
    assert_eq!(paid.status, 200, "{}", paid.text);
    world
        .is_blocked(5, &["booking_ahead", "mail_pending"])
        .await;
    world.run(MAILS_ARE_DONE).await;
    world.is_blocked(5, &["booking_ahead"]).await;

    world.to_provider.always(Some(Fault::LoseRequest));
    world.cancel(&token, id).await;
    world
        .is_blocked(5, &["mail_pending", "refund_pending"])
        .await;
    world.run(MAILS_ARE_DONE).await;
    world.is_blocked(5, &["refund_pending"]).await;

    world.to_provider.always(None);
    world.run("UPDATE Refunds SET nextCheckAt = NOW(6)").await;
    let pending = "SELECT COUNT(*) FROM Refunds WHERE status = 'PENDING'";
    eventually("the refund went through", async || {
        world.count(pending).await == 0
    })
    .await;
    assert_eq!(world.erase(5).await.json(), json!({"userId": 5}));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_nowhere_and_the_books_stay() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = cleo(&world);
    let flown = world.book_body(&token, Some("b1"), &trip(flight)).await;
    // An administrator paid: the answer of that key shows the booking too.
    let paid = world
        .pay(&world.identities.admin(), &flown, "by-phone", "tok_success")
        .await;
    assert_eq!(paid.status, 200, "{}", paid.text);
    let cancelled = world.book_body(&token, Some("b2"), &trip(flight)).await;
    world.pay(&token, &cancelled, "p2", "tok_success").await;
    world.cancel(&token, cancelled.booking_id()).await;
    let expired = world
        .book_body(&token, None, &trip(flight))
        .await
        .booking_id();
    world
        .sql(
            "UPDATE Bookings SET expiresAt = NOW(6) WHERE id = ?",
            expired,
        )
        .await;
    world.column_eventually(expired, "reason", "EXPIRED").await;
    world
        .book_body(
            &token,
            Some("b4"),
            &json!({"flightId": flight, "noOfSeats": 49}),
        )
        .await;
    let other = world.book(&world.identities.customer(6), flight, 1).await;
    let pending = "SELECT COUNT(*) FROM Refunds WHERE status = 'PENDING'";
    eventually("the refund went through", async || {
        world.count(pending).await == 0
    })
    .await;
    world
        .sql(
            "UPDATE Bookings SET firstDepartureAt = NOW(6) - INTERVAL 1 SECOND WHERE id = ?",
            flown.booking_id(),
        )
        .await;
    world.run(MAILS_ARE_DONE).await;
    assert!(
        world.traces().await.len() > 20,
        "{:?}",
        world.traces().await
    );
    const BOOKS: &str = "SELECT CAST(SUM(totalCost * id + noOfSeats) AS SIGNED) FROM Bookings";
    let (books, mails) = (world.count(BOOKS).await, "SELECT COUNT(*) FROM Outbox WHERE topic = 'email'
        AND JSON_VALUE(payload, '$.bookingId') > 0 AND JSON_VALUE(payload, '$.templateId') LIKE 'booking%'");
    assert_eq!(world.count(mails).await, 4);

    assert_eq!(world.erase(5).await.status, 200);
    assert_eq!(world.traces().await, [""; 0]);
    assert_eq!(world.count(BOOKS).await, books);
    assert_eq!(world.count(mails).await, 4);
    assert_eq!(
        world
            .count("SELECT COUNT(*) FROM Passengers WHERE type = 'CHILD'")
            .await,
        3
    );
    let admin = world.identities.admin();
    let seen = world
        .get(&admin, &format!("/api/v1/booking/{}", flown.booking_id()))
        .await;
    assert_eq!(seen.data()["status"], "BOOKED");
    assert_eq!(seen.data()["contact"], json!({"name": "", "email": ""}));
    assert_eq!(
        seen.data()["passengers"][1],
        json!({"givenName": "", "surname": "", "type": "CHILD"})
    );
    let others = world
        .get(&admin, &format!("/api/v1/booking/{}", other.booking_id()))
        .await;
    assert_eq!(others.data()["contact"]["email"], "user6@example.test");

    let repeated = world.pay(&admin, &flown, "by-phone", "tok_success").await;
    assert_eq!(repeated.status, 200, "{}", repeated.text);
    assert_eq!(repeated.headers["idempotency-replayed"], "true");
    assert_eq!(repeated.data()["totalCost"], paid.data()["totalCost"]);
    assert_eq!(repeated.data()["contact"], json!({"name": "", "email": ""}));
    assert_eq!(repeated.data()["passengers"], json!([]));

    let before = world.dump().await;
    assert_eq!(world.erase(5).await.status, 200);
    assert_eq!(world.dump().await, before, "again changes nothing");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_books_nothing_though_their_token_is_good() {
    let world = World::with(&[("MAX_UNPAID_HOLDS", "1")]).await;
    let flight = world.flight(50).await;
    let token = cleo(&world);
    let booking = world.book_body(&token, Some("b"), &trip(flight)).await;
    world.cancel(&token, booking.booking_id()).await;
    world.run(MAILS_ARE_DONE).await;
    assert_eq!(world.erase(5).await.status, 200);
    for key in [None, Some("c")] {
        let refused = world.book_body(&token, key, &trip(flight)).await;
        refused.is(401, "UNAUTHENTICATED");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
    let repeated = world.book_body(&token, Some("b"), &trip(flight)).await;
    assert_eq!(repeated.status, 201, "what was booked is still said");
    assert_eq!(repeated.data()["id"], booking.data()["id"]);
    assert_eq!(world.count("SELECT COUNT(*) FROM Bookings").await, 1);
    assert_eq!(world.erase(99).await.status, 200, "who never booked");
    let never = world.identities.customer(99);
    world
        .book(&never, flight, 1)
        .await
        .is(401, "UNAUTHENTICATED");
    assert_eq!(world.traces().await, [""; 0]);
    world.check().await;
}

/// Whoever comes first: a booking blocks, or it is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_booking_and_an_erasure_at_once_leave_no_trace_or_no_erasure() {
    let world = World::start().await;
    let flight = world.flight(1_000).await;
    for id in 100..160 {
        let token = world.identities.customer(id);
        let late = std::time::Duration::from_millis(id.unsigned_abs() % 12);
        let (answer, bookings) = tokio::join!(
            async {
                tokio::time::sleep(late).await;
                world.erase(id).await
            },
            join_all((0..4).map(|_| world.book(&token, flight, 1)))
        );
        let booked = bookings
            .iter()
            .filter(|booking| booking.status == 201)
            .count();
        let refused = bookings
            .iter()
            .filter(|booking| booking.status == 401)
            .count();
        assert_eq!(booked + refused, 4, "{bookings:?}");
        match answer.status.as_u16() {
            200 => assert_eq!(booked, 0, "{bookings:?}"),
            409 => assert_eq!(refused, 0, "{bookings:?}"),
            _ => panic!("{}", answer.text),
        }
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_gateway_may_erase() {
    let world = World::start().await;
    let ask = async |token: Option<String>, user: &str| {
        let url = format!("{}/internal/v1/users/{user}/erasure", world.booking_url());
        let mut request = http().post(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let identities = &world.identities;
    assert_eq!(ask(None, "5").await, 401);
    assert_eq!(ask(Some(identities.admin()), "5").await, 401);
    assert_eq!(
        ask(Some(identities.gateway_token("notification")), "5").await,
        401
    );
    assert_eq!(
        ask(Some(identities.booking_token("booking")), "5").await,
        403
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM UnpaidHolds").await, 0);
    for bad in ["0", "-1", "x", "7.0"] {
        assert_eq!(
            ask(Some(identities.gateway_token("booking")), bad).await,
            422,
            "{bad}"
        );
    }
}
