//! `POST /booking/{id}/cancel`.

use futures::future::join_all;
use serde_json::json;
use service_kit::testing::eventually;

use crate::{network::Fault, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_before_payment_gives_the_seats_back_once() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let id = world.book(&token, flight, 3).await.booking_id();
    let answers = join_all((0..10).map(|_| world.cancel(&token, id))).await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{answers:?}"
    );
    assert!(
        answers
            .iter()
            .all(|answer| answer.data()["reason"] == "CUSTOMER")
    );
    world.column_eventually(id, "seatState", "RELEASED").await;
    assert_eq!(world.seats_left(flight).await, 50);
    assert_eq!(
        world
            .count("SELECT COUNT(*) FROM Outbox WHERE topic = 'hold.release'")
            .await,
        1
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_after_payment_refunds_in_full_once() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 2).await;
    world.pay(&token, &booking, "k", "tok_success").await;
    // The first answer to the refund is lost; it is asked for again and given once.
    world.to_provider.next(&[Fault::LoseReply]);
    let id = booking.booking_id();
    let cancelled = world.cancel(&token, id).await;
    assert_eq!(
        cancelled.data()["status"],
        "CANCELLED",
        "{}",
        cancelled.text
    );
    assert_eq!(cancelled.data()["refund"]["status"], "PENDING");
    world.cancel(&token, id).await;
    world.seats_eventually(flight, 50).await;
    sqlx::query("UPDATE Refunds SET nextCheckAt = NOW(6) WHERE status = 'PENDING'")
        .execute(&world.bookings.admin)
        .await
        .unwrap();
    eventually("the refund succeeded", async || {
        let booking = world.get(&token, &format!("/api/v1/booking/{id}")).await;
        booking.data()["refund"]["status"] == "SUCCEEDED"
    })
    .await;
    let refunds: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM Refunds")
        .fetch_one(&world.ledger.admin)
        .await
        .unwrap();
    assert_eq!(refunds, 1);
    assert_eq!(
        world
            .pay(&token, &booking, "k2", "tok_success")
            .await
            .code(),
        "BOOKING_ENDED"
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_cancelled_after_departure() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    world.pay(&token, &booking, "k", "tok_success").await;
    let id = booking.booking_id();
    world
        .sql(
            "UPDATE Bookings SET firstDepartureAt = NOW(6) WHERE id = ?",
            id,
        )
        .await;
    world.cancel(&token, id).await.is(409, "DEPARTED");
    assert_eq!(world.column(id, "status").await, "BOOKED");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sees_and_cancels_nothing_and_an_administrator_all() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let (owner, stranger) = (world.identities.customer(1), world.identities.customer(2));
    let id = world.book(&owner, flight, 1).await.booking_id();
    let path = format!("/api/v1/booking/{id}");
    for token in [&stranger, &world.identities.airline("ZZ")] {
        world.get(token, &path).await.is(404, "NOT_FOUND");
        world
            .get(token, &format!("{path}/events"))
            .await
            .is(404, "NOT_FOUND");
        world.cancel(token, id).await.is(404, "NOT_FOUND");
    }
    world.get("", &path).await.is(401, "UNAUTHENTICATED");
    let own = world.get(&owner, &format!("{path}/")).await;
    assert_eq!(
        own.data()["id"],
        id,
        "the path answers with a trailing slash too"
    );
    assert_eq!(
        world.get(&world.identities.admin(), &path).await.status,
        200
    );
    assert_eq!(
        world.cancel(&world.identities.admin(), id).await.status,
        200
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_and_selling_at_once_ends_with_the_seats_back_and_the_money_too() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let tokens: Vec<_> = (1..=20).map(|id| world.identities.customer(id)).collect();
    join_all(tokens.iter().map(async |token| {
        let booking = world.book(token, flight, 1).await;
        assert_eq!(
            world.pay(token, &booking, "k", "tok_success").await.status,
            200
        );
        assert_eq!(world.cancel(token, booking.booking_id()).await.status, 200);
    }))
    .await;
    world.seats_eventually(flight, 50).await;
    let open = "SELECT COUNT(*) FROM Refunds WHERE status <> 'SUCCEEDED'";
    eventually("all refunds succeeded", async || {
        world.count(open).await == 0
    })
    .await;
    let undone = "SELECT COUNT(*) FROM Outbox WHERE topic <> 'email' AND doneAt IS NULL";
    eventually("the outbox is empty", async || {
        world.count(undone).await == 0
    })
    .await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn my_bookings_come_in_pages_newest_first() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let mut ids = vec![];
    for _ in 0..5 {
        ids.push(world.book(&token, flight, 1).await.booking_id());
    }
    world.book(&world.identities.customer(2), flight, 1).await;
    world.cancel(&token, ids[0]).await;
    let mut seen = vec![];
    let mut path = "/api/v1/booking?limit=2".to_owned();
    loop {
        let page = world.get(&token, &path).await.json();
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|b| b["id"].as_i64().unwrap()),
        );
        match page["page"]["next"].as_str() {
            Some(next) => path = format!("/api/v1/booking?limit=2&cursor={next}"),
            None => break,
        }
    }
    ids.reverse();
    assert_eq!(seen, ids);
    let cancelled = world
        .get(&token, "/api/v1/booking?status=CANCELLED")
        .await
        .data();
    assert_eq!(cancelled.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_in_the_list_is_the_same_as_alone() {
    let world = World::start().await;
    let (first, second) = (world.flight(50).await, world.flight(50).await);
    let token = world.identities.customer(1);
    let person = |name: &str| json!({"givenName": name, "surname": "Lovelace", "type": "ADULT"});
    for body in [
        json!({"flightId": first, "noOfSeats": 1, "passengers": [person("Ada")]}),
        json!({"items": [{"flightId": second, "noOfSeats": 2}, {"flightId": first, "noOfSeats": 2}],
               "passengers": [person("Bea"), person("Cyd")]}),
        json!({"flightId": second, "noOfSeats": 1}),
    ] {
        let booked = world.book_body(&token, None, &body).await;
        assert_eq!(booked.status, 201, "{}", booked.text);
    }
    let list = world.get(&token, "/api/v1/booking").await.data();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 3);
    for listed in list {
        let alone = world
            .get(&token, &format!("/api/v1/booking/{}", listed["id"]))
            .await;
        assert_eq!(&alone.data(), listed);
    }
    let names = |at: usize| -> Vec<_> {
        let people = list[at]["passengers"].as_array().unwrap().iter();
        people.map(|person| person["givenName"].clone()).collect()
    };
    assert_eq!(
        (names(0), names(1), names(2)),
        (vec![], vec![json!("Bea"), json!("Cyd")], vec![json!("Ada")])
    );
    let flights = list[1]["items"].as_array().unwrap().iter();
    let flights: Vec<_> = flights.map(|item| item["flightId"].clone()).collect();
    assert_eq!(flights, [json!(second), json!(first)]);
}
