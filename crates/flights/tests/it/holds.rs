//! The protocol of holds.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Booking, World, hold_id};

async fn race(holds: Vec<(Booking, Vec<(i64, u32)>)>) -> Vec<Answer> {
    let tasks = holds.into_iter().map(|(booking, items)| {
        tokio::spawn(async move { booking.hold(&hold_id(), &items).await })
    });
    let mut answers = vec![];
    for task in tasks.collect::<Vec<_>>() {
        answers.push(task.await.expect("no panic"));
    }
    answers
}

fn taken(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 201).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_concurrent_holds_take_exactly_fifty_seats() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let holds = (0..200).map(|_| (world.client(), vec![(flight, 1)]));
    let answers = race(holds.collect()).await;
    assert_eq!(taken(&answers), 50);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.is_problem(409, "NO_SEATS");
    }
    assert_eq!(world.seats(flight).await, (50, 0));
    assert_eq!(world.count("SELECT COUNT(*) FROM SeatHolds").await, 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_of_mixed_sizes_never_take_more_than_thirty_seats() {
    let world = World::new().await;
    let flight = world.flight(30).await;
    let holds = (0..60).map(|n| (world.client(), vec![(flight, 1 + n % 9)]));
    let answers = race(holds.collect()).await;
    let seats: i64 = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.body["items"][0]["seats"].as_i64().expect("seats"))
        .sum();
    assert!((22..=30).contains(&seats), "{seats}");
    assert_eq!(world.available(flight).await, 30 - seats);
}

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
async fn twenty_copies_of_one_hold_take_its_seats_once() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let id = hold_id();
    let copies = (0..20).map(|_| {
        let (booking, id) = (world.client(), id.clone());
        tokio::spawn(async move { booking.hold(&id, &[(flight, 3)]).await })
    });
    let mut statuses = vec![];
    for copy in copies.collect::<Vec<_>>() {
        statuses.push(copy.await.expect("no panic").status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses[19], 201);
    assert!(
        statuses[..19].iter().all(|status| *status == 200),
        "{statuses:?}"
    );
    assert_eq!(world.available(flight).await, 47);
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
async fn release_against_sell_ends_released_with_the_seats_free() {
    let world = World::new().await;
    let flight = world.flight(200).await;
    for _ in 0..40 {
        let id = hold_id();
        world.hold(&id, &[(flight, 2)]).await;
        let (seller, releaser) = (world.client(), world.client());
        let (sold, released) = tokio::join!(seller.sell(&id), releaser.release(&id));
        assert!(sold.status == 200 || sold.status == 409, "{}", sold.body);
        assert_eq!(released.status, 200, "{}", released.body);
        world.sell(&id).await.is_problem(409, "RELEASED");
    }
    assert_eq!(world.seats(flight).await, (200, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn release_against_hold_never_leaks_a_seat() {
    let world = World::new().await;
    let flight = world.flight(200).await;
    for _ in 0..60 {
        let id = hold_id();
        let (holder, releaser) = (world.client(), world.client());
        let items = [(flight, 2)];
        let (held, released) = tokio::join!(holder.hold(&id, &items), releaser.release(&id));
        assert!(held.status == 201 || held.status == 409, "{}", held.body);
        assert_eq!(released.status, 200, "{}", released.body);
    }
    assert_eq!(world.seats(flight).await, (200, 200));
    let held = "SELECT COUNT(*) FROM SeatHolds WHERE state <> 'RELEASED'";
    assert_eq!(world.count(held).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_in_opposite_order_all_succeed() {
    let world = World::new().await;
    let (first, second) = (world.flight(500).await, world.flight(500).await);
    let holds = (0..100).map(|n| match n % 2 {
        0 => (world.client(), vec![(first, 1), (second, 2)]),
        _ => (world.client(), vec![(second, 1), (first, 2)]),
    });
    let answers = race(holds.collect()).await;
    assert_eq!(taken(&answers), 100);
    assert_eq!(
        (world.available(first).await, world.available(second).await),
        (350, 350)
    );
}

/// A retry would hide a deadlock from the test above, so this one looks at the locks themselves.
#[tokio::test(flavor = "multi_thread")]
async fn flights_are_locked_by_id_whatever_the_order_of_the_items() {
    let world = World::new().await;
    let (low, high) = (world.flight(5).await, world.flight(5).await);
    let mut locker = world.db().begin().await.expect("a transaction");
    lock(&mut locker, low).await.expect("locked");
    let booking = world.client();
    let id = hold_id();
    let hold = tokio::spawn(async move { booking.hold(&id, &[(high, 1), (low, 1)]).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!hold.is_finished());
    let mut other = world.db().begin().await.expect("a transaction");
    lock(&mut other, high)
        .await
        .expect("the hold waits for the lower id first");
    other.rollback().await.expect("rolled back");
    locker.rollback().await.expect("rolled back");
    assert_eq!(hold.await.expect("no panic").status, 201);
}

async fn lock(db: &mut sqlx::MySqlConnection, flight: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT id FROM Flight WHERE id = ? FOR UPDATE NOWAIT")
        .bind(flight)
        .fetch_one(db)
        .await
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
