//! The protocol of holds, one step after the other.

use serde_json::json;

use crate::harness::{World, hold_id};

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_answers_what_it_took_with_the_flight_as_sold() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let id = hold_id();
    let answer = world.hold(&id, &[(flight, 2)]).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["holdId"], json!(id));
    assert_eq!(answer.body["state"], "HELD");
    let item = &answer.body["items"][0];
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    assert_eq!(item["seats"], 2);
    assert_eq!(item["unitPrice"], 10_000);
    assert_eq!(item["currency"], "USD");
    assert_eq!(item["departureTime"], shown["departureTime"]);
    for field in [
        "flightNumber",
        "departureAirportId",
        "arrivalAirportId",
        "departureLocal",
        "arrivalLocal",
    ] {
        assert_eq!(item["flight"][field], shown[field]);
    }
    assert_eq!(world.available(flight).await, 48);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_flights_in_one_hold_are_taken_all_or_none() {
    let world = World::new().await;
    let (first, second) = (world.flight(10).await, world.flight(1).await);
    let refused = world.hold(&hold_id(), &[(first, 2), (second, 2)]).await;
    refused.is_problem(409, "NO_SEATS");
    assert_eq!(
        (world.available(first).await, world.available(second).await),
        (10, 1)
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM SeatHolds").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM HoldItems").await, 0);

    let taken = world.hold(&hold_id(), &[(second, 1), (first, 2)]).await;
    assert_eq!(taken.status, 201, "{}", taken.body);
    assert_eq!(
        (world.available(first).await, world.available(second).await),
        (8, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_hold_answers_the_stored_price_and_takes_nothing() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let id = hold_id();
    let first = world.hold(&id, &[(flight, 2)]).await;
    let path = format!("/flight/{flight}");
    world
        .patch(&path, &world.admin(), json!({"price": 99_900}))
        .await
        .data(200);
    let again = world.hold(&id, &[(flight, 2)]).await;
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(again.body, first.body);
    assert_eq!(again.body["items"][0]["unitPrice"], 10_000);
    assert_eq!(world.available(flight).await, 8);
    let fresh = world.hold(&hold_id(), &[(flight, 1)]).await;
    assert_eq!(fresh.body["items"][0]["unitPrice"], 99_900);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_with_other_items_is_a_mismatch() {
    let world = World::new().await;
    let (flight, other) = (world.flight(10).await, world.flight(10).await);
    let id = hold_id();
    assert_eq!(world.hold(&id, &[(flight, 2)]).await.status, 201);
    let others: [&[(i64, u32)]; 3] = [&[(flight, 3)], &[(other, 2)], &[(flight, 2), (other, 2)]];
    for items in others {
        world
            .hold(&id, items)
            .await
            .is_problem(422, "HOLD_MISMATCH");
    }
    assert_eq!(
        (world.available(flight).await, world.available(other).await),
        (8, 10)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_arrives_after_its_release_takes_nothing() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let id = hold_id();
    let tombstone = world.release(&id).await;
    assert_eq!(tombstone.status, 200, "{}", tombstone.body);
    assert_eq!(
        tombstone.body,
        json!({"holdId": id, "state": "RELEASED", "items": []})
    );
    world
        .hold(&id, &[(flight, 2)])
        .await
        .is_problem(409, "RELEASED");
    world.sell(&id).await.is_problem(409, "RELEASED");
    assert_eq!(world.release(&id).await.status, 200);
    assert_eq!(world.available(flight).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_gives_back_exactly_once() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let (id, kept) = (hold_id(), hold_id());
    world.hold(&id, &[(flight, 3)]).await;
    world.hold(&kept, &[(flight, 4)]).await;
    let releases = (0..10).map(|_| {
        let (booking, id) = (world.client(), id.clone());
        tokio::spawn(async move { booking.release(&id).await })
    });
    for release in releases.collect::<Vec<_>>() {
        let answer = release.await.expect("no panic");
        assert_eq!(
            (answer.status, &answer.body["state"]),
            (200, &json!("RELEASED"))
        );
    }
    let again = world.release(&id).await;
    assert_eq!(
        (again.status, &again.body["items"][0]["seats"]),
        (200, &json!(3))
    );
    assert_eq!(world.seats(flight).await, (10, 6));
    world
        .hold(&id, &[(flight, 3)])
        .await
        .is_problem(409, "RELEASED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sold_hold_stays_sold_until_it_is_released() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let id = hold_id();
    world.sell(&id).await.is_problem(404, "NOT_FOUND");
    world.hold(&id, &[(flight, 2)]).await;
    for _ in 0..2 {
        let sold = world.sell(&id).await;
        assert_eq!((sold.status, &sold.body["state"]), (200, &json!("SOLD")));
    }
    let again = world.hold(&id, &[(flight, 2)]).await;
    assert_eq!((again.status, &again.body["state"]), (200, &json!("SOLD")));
    assert_eq!(world.available(flight).await, 8);
    assert_eq!(world.release(&id).await.status, 200);
    world.sell(&id).await.is_problem(409, "RELEASED");
    assert_eq!(world.available(flight).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_hold_says_why_and_leaves_nothing() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let airplane = world.airplane(10).await;
    let euros = world
        .flight_with(airplane, 30, json!({"currency": "EUR"}))
        .await;
    let gone = world.flight_with(airplane, 30, json!({})).await;
    world.depart(gone).await;
    let hold = async |items: &[(i64, u32)]| world.hold(&hold_id(), items).await;
    hold(&[(999_999, 1)])
        .await
        .is_problem(404, "INVALID_FLIGHT");
    hold(&[(flight, 1), (999_999, 1)])
        .await
        .is_problem(404, "INVALID_FLIGHT");
    hold(&[(gone, 1)]).await.is_problem(422, "FLIGHT_DEPARTED");
    hold(&[(flight, 1), (euros, 1)])
        .await
        .is_problem(422, "CURRENCY_MISMATCH");
    hold(&[(flight, 1), (flight, 1)])
        .await
        .is_problem(422, "DUPLICATE_FLIGHT");
    assert_eq!(
        (world.available(flight).await, world.available(euros).await),
        (10, 10)
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM SeatHolds").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_old_releases_are_purged() {
    let world = World::new().await;
    let flight = world.flight(9).await;
    let (old, sold, young, tombstone) = (hold_id(), hold_id(), hold_id(), hold_id());
    for id in [&old, &sold, &young] {
        world.hold(id, &[(flight, 1)]).await;
    }
    world.sell(&sold).await;
    for id in [&old, &young, &tombstone] {
        world.release(id).await;
    }
    let path = format!("/flight/{flight}");
    sqlx::query("UPDATE SeatHolds SET updatedAt = NOW(6) - INTERVAL 8 DAY WHERE holdId <> ?")
        .bind(&young)
        .execute(world.db())
        .await
        .expect("aged");
    assert_eq!(
        flights::holds::purge::purge(world.db())
            .await
            .expect("purged"),
        2
    );
    let left: Vec<String> = sqlx::query_scalar("SELECT holdId FROM SeatHolds ORDER BY holdId")
        .fetch_all(world.db())
        .await
        .expect("rows");
    let mut kept = vec![sold, young];
    kept.sort();
    assert_eq!(left, kept);
    world
        .delete(&path, &world.admin())
        .await
        .is_problem(409, "FLIGHT_HAS_BOOKINGS");
}
