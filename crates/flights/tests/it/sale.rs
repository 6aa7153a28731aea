//! Seats on sale, and the load.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{World, hold_id};

async fn load(world: &World, flight: i64) -> Value {
    let path = format!("/api/v1/flight/{flight}/load");
    world
        .send(Method::GET, &path, &world.admin(), None)
        .await
        .data(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_on_sale_never_fall_below_what_is_held_or_sold() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(10).await;
    let path = format!("/flight/{flight}/seats");
    world.hold(&hold_id(), &[(flight, 4)]).await;
    let changed = world
        .patch(&path, &admin, json!({"seats": 5}))
        .await
        .data(200);
    assert_eq!(
        (&changed["totalSeats"], &changed["availableSeats"]),
        (&json!(5), &json!(1))
    );
    world
        .patch(&path, &admin, json!({"seats": 2, "dec": true}))
        .await
        .is_problem(409, "NO_SEATS");
    world
        .patch(&path, &admin, json!({"seats": 1, "dec": 1}))
        .await
        .data(200);
    assert_eq!(world.seats(flight).await, (4, 0));
    world
        .patch(&path, &admin, json!({"seats": 6, "dec": 0}))
        .await
        .data(200);
    world
        .patch(&path, &admin, json!({"seats": 1, "dec": false}))
        .await
        .names("seats");
    assert_eq!(world.seats(flight).await, (10, 6));
    world
        .patch("/flight/9999/seats", &admin, json!({"seats": 1}))
        .await
        .is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_taken_off_sale_and_held_at_once_are_conserved() {
    let world = World::new().await;
    let flight = world.flight(60).await;
    let holds = (0..40).map(|_| {
        let booking = world.client();
        tokio::spawn(async move { booking.hold(&hold_id(), &[(flight, 1)]).await.status == 201 })
    });
    let holds: Vec<_> = holds.collect();
    let mut off = 0;
    for _ in 0..10 {
        let path = format!("/flight/{flight}/seats");
        let answer = world
            .patch(&path, &world.admin(), json!({"seats": 4}))
            .await;
        off += if answer.status == 200 { 4 } else { 0 };
    }
    let mut held = 0;
    for hold in holds {
        held += i64::from(hold.await.expect("no panic"));
    }
    assert_eq!(world.seats(flight).await, (60 - off, 60 - off - held));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_load_counts_held_and_sold_seats() {
    let world = World::new().await;
    let flight = world.flight(20).await;
    assert_eq!(
        load(&world, flight).await,
        json!({"flightId": flight, "totalSeats": 20, "availableSeats": 20, "heldSeats": 0, "soldSeats": 0})
    );
    let (held, sold, released) = (hold_id(), hold_id(), hold_id());
    world.hold(&held, &[(flight, 2)]).await;
    world.hold(&sold, &[(flight, 3)]).await;
    world.hold(&released, &[(flight, 4)]).await;
    world.sell(&sold).await;
    world.release(&released).await;
    assert_eq!(
        load(&world, flight).await,
        json!({"flightId": flight, "totalSeats": 20, "availableSeats": 15, "heldSeats": 2, "soldSeats": 3})
    );
    let path = "/api/v1/flight/9999/load";
    world
        .send(Method::GET, path, &world.admin(), None)
        .await
        .is_problem(404, "NOT_FOUND");
}
