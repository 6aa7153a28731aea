//! Seats on sale, and the load.

use std::time::Duration;

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
async fn seats_put_on_sale_wait_for_a_change_of_the_airplane() {
    let world = World::new().await;
    let flight = world.flight(20).await;
    let path = format!("/flight/{flight}/seats");
    let admin = world.admin();
    world
        .patch(&path, &admin, json!({"seats": 10}))
        .await
        .data(200);
    let mut fleet = world.db().begin().await.expect("a transaction");
    sqlx::query("UPDATE Airplane SET capacity = 15")
        .execute(&mut *fleet)
        .await
        .expect("a smaller airplane");
    let more = world.patch(&path, &admin, json!({"seats": 10, "dec": false}));
    let smaller = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        fleet.commit().await.expect("committed");
    };
    let (more, ()) = tokio::join!(more, smaller);
    more.names("seats");
    assert_eq!(world.seats(flight).await, (10, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_put_on_sale_while_the_airplane_shrinks_never_exceed_it() {
    let world = World::new().await;
    let flight = world.flight(20).await;
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    let seats = format!("/flight/{flight}/seats");
    let airplane = format!("/airplane/{}", shown["airplaneId"]);
    let admin = world.admin();
    for round in 0..100 {
        sqlx::query(
            "UPDATE Airplane, Flight SET capacity = 20, totalSeats = 10, availableSeats = 10",
        )
        .execute(world.db())
        .await
        .expect("set up");
        let (more, smaller) = tokio::join!(
            world.patch(&seats, &admin, json!({"seats": 10, "dec": false})),
            world.put(&airplane, &admin, json!({"capacity": 15})),
        );
        let statuses = (more.status, smaller.status);
        assert!(
            [(200, 409), (422, 200)].contains(&statuses),
            "{round}: {} {}",
            more.body,
            smaller.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_of_a_flight_that_goes_meanwhile_are_not_found() {
    let world = World::new().await;
    let admin = world.admin();
    for dec in [true, false] {
        let flight = world.flight(20).await;
        let mut deletion = world.db().begin().await.expect("a transaction");
        sqlx::query("DELETE FROM Flight WHERE id = ?")
            .bind(flight)
            .execute(&mut *deletion)
            .await
            .expect("deleted");
        let path = format!("/flight/{flight}/seats");
        let change = world.patch(&path, &admin, json!({"seats": 1, "dec": dec}));
        let gone = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            deletion.commit().await.expect("committed");
        };
        let (change, ()) = tokio::join!(change, gone);
        change.is_problem(404, "NOT_FOUND");
    }
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
