//! Holds against holds, releases and sales at the same moment.

use std::time::Duration;

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
