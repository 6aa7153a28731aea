//! Airplanes and their seats, and what cannot be deleted.

use serde_json::{Value, json};

use crate::harness::{World, hold_id, id};

#[tokio::test(flavor = "multi_thread")]
async fn an_airplane_and_its_seats_are_kept() {
    let world = World::new().await;
    let admin = world.admin();
    let airplane = world.airplane(100).await;
    let path = format!("/airplane/{airplane}");
    let by_body = json!({"airplaneId": airplane, "modelNumber": "Test 200"});
    assert_eq!(
        world.put("/airplane", &admin, by_body).await.data(200)["modelNumber"],
        "Test 200"
    );
    let by_id = json!({"id": airplane, "capacity": 90, "airline": "AA"});
    let changed = world.patch("/airplane", &admin, by_id).await.data(200);
    assert_eq!(
        (&changed["capacity"], &changed["airline"]),
        (&json!(90), &json!("AA"))
    );
    let shared = world
        .put(&path, &admin, json!({"airline": null}))
        .await
        .data(200);
    assert_eq!(shared["airline"], Value::Null);

    let seats = format!("{path}/seat");
    for (row, col) in [(2, "B"), (1, "F"), (1, "A")] {
        let body = json!({"row": row, "col": col});
        assert_eq!(
            world.post(&seats, &admin, body).await.data(201)["type"],
            "ECONOMY"
        );
    }
    let again = json!({"row": 1, "col": "A", "type": "FIRST_CLASS"});
    world
        .post(&seats, &admin, again)
        .await
        .is_problem(409, "DUPLICATE");
    let listed = world.pages(&format!("{seats}?limit=2")).await;
    let places: Vec<_> = listed
        .iter()
        .map(|seat| (&seat["row"], &seat["col"]))
        .collect();
    assert_eq!(
        places,
        [
            (&json!(1), &json!("A")),
            (&json!(1), &json!("F")),
            (&json!(2), &json!("B"))
        ]
    );
    let first = format!("{seats}/{}", id(&listed[0]));
    let elsewhere = format!(
        "/airplane/{}/seat/{}",
        world.airplane(5).await,
        id(&listed[0])
    );
    world
        .delete(&elsewhere, &admin)
        .await
        .is_problem(404, "NOT_FOUND");
    world.delete(&first, &admin).await.data(200);
    world
        .delete(&first, &admin)
        .await
        .is_problem(404, "NOT_FOUND");
    world
        .get("/airplane/9999/seat")
        .await
        .is_problem(404, "NOT_FOUND");
    world
        .post("/airplane/9999/seat", &admin, json!({"row": 1, "col": "A"}))
        .await
        .is_problem(404, "NOT_FOUND");
    world.delete(&path, &admin).await.data(200);
    assert_eq!(world.count("SELECT COUNT(*) FROM Seat").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hold_depends_on_cannot_be_deleted() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    let id_ = hold_id();
    world.hold(&id_, &[(flight, 1)]).await;
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    let paths = [
        format!("/city/{}", shown["departureAirport"]["cityId"]),
        format!("/city/{}", shown["arrivalAirport"]["cityId"]),
        format!("/airport/{}", shown["departureAirport"]["id"]),
        format!("/airport/{}", shown["arrivalAirport"]["id"]),
        format!("/airplane/{}", shown["airplaneId"]),
    ];
    // Held, sold and released alike: the rows are there.
    for state in ["HELD", "SOLD", "RELEASED"] {
        match state {
            "SOLD" => assert_eq!(world.sell(&id_).await.status, 200),
            "RELEASED" => assert_eq!(world.release(&id_).await.status, 200),
            _ => {}
        }
        for path in &paths {
            world.delete(path, &admin).await.is_problem(409, "IN_USE");
        }
        let path = format!("/flight/{flight}");
        world
            .delete(&path, &admin)
            .await
            .is_problem(409, "FLIGHT_HAS_BOOKINGS");
        assert_eq!(world.get(&path).await.status, 200);
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM Cities").await, 2);
    assert_eq!(world.count("SELECT COUNT(*) FROM Airport").await, 2);
    sqlx::query("DELETE FROM SeatHolds")
        .execute(world.db())
        .await
        .expect("deleted");
    world.delete(&paths[0], &admin).await.data(200);
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM Airport").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_change_never_leaves_a_flight_with_more_seats_than_its_airplane() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    let path = format!("/airplane/{}", shown["airplaneId"]);
    world
        .put(&path, &admin, json!({"capacity": 49}))
        .await
        .is_problem(409, "IN_USE");
    world
        .put(&path, &admin, json!({"capacity": 55}))
        .await
        .data(200);
    let seats = format!("/flight/{flight}/seats");
    world
        .patch(&seats, &admin, json!({"seats": 6, "dec": false}))
        .await
        .names("seats");
    world
        .patch(&seats, &admin, json!({"seats": 5, "dec": false}))
        .await
        .data(200);
    assert_eq!(world.seats(flight).await, (55, 55));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_departed_flight_does_not_keep_an_airplanes_capacity() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    let path = format!("/airplane/{}", shown["airplaneId"]);
    let smaller = json!({"capacity": 40});
    let refused = world.put(&path, &admin, smaller.clone()).await;
    refused.is_problem(409, "IN_USE");
    world.depart(flight).await;
    world.put(&path, &admin, smaller).await.data(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airplane_that_keeps_its_capacity_may_change_whatever_is_sold() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    // As only SQL can leave it: the rule is for the change, not for what is there.
    sqlx::query("UPDATE Flight SET totalSeats = 60, availableSeats = 60")
        .execute(world.db())
        .await
        .expect("oversold");
    let path = format!("/airplane/{}", shown["airplaneId"]);
    for change in [json!({"modelNumber": "Other"}), json!({"capacity": 55})] {
        world.put(&path, &world.admin(), change).await.data(200);
    }
    let fewer = json!({"capacity": 54});
    let refused = world.put(&path, &world.admin(), fewer).await;
    refused.is_problem(409, "IN_USE");
}
