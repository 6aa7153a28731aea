//! Flights, from creation to deletion.

use serde_json::{Value, json};

use crate::harness::{World, hold_id, id, merged};

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_shows_its_places_its_airplane_and_local_times() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(50).await;
    let body = merged(
        world.flight_body(airplane, 30),
        json!({"departureTime": "2027-01-10T08:00:00-05:00", "arrivalTime": "2027-01-10T19:15:00.25Z",
            "boardingGate": "A1", "currency": "EUR", "totalSeats": 40}),
    );
    let flight = world.post("/flight", &world.admin(), body).await.data(201);
    assert_eq!(flight["departureTime"], "2027-01-10T13:00:00Z");
    assert_eq!(flight["arrivalTime"], "2027-01-10T19:15:00.250Z");
    assert_eq!(flight["departureLocal"], "2027-01-10T08:00:00-05:00");
    assert_eq!(flight["arrivalLocal"], "2027-01-10T11:15:00.250-08:00");
    assert_eq!(
        (&flight["totalSeats"], &flight["availableSeats"]),
        (&json!(40), &json!(40))
    );
    assert_eq!(
        (&flight["currency"], &flight["boardingGate"]),
        (&json!("EUR"), &json!("A1"))
    );
    assert_eq!(flight["airline"], "AA");
    assert_eq!(flight["airplane"]["capacity"], 50);
    assert_eq!(flight["departureAirport"]["city"]["city"], "City of JFK");
    assert_eq!(flight["arrivalAirport"]["timezone"], "America/Los_Angeles");
    assert!(flight["createdAt"].is_string() && flight["updatedAt"].is_string());
    let shown = world
        .get(&format!("/flight/{}", id(&flight)))
        .await
        .data(200);
    assert_eq!(shown, flight);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_is_refused_where_its_parts_do_not_fit() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(50).await;
    let admin = world.admin();
    let good = world.flight_body(airplane, 30);
    for (change, field) in [
        (json!({"airplaneId": 9_999}), "airplaneId"),
        (json!({"departureAirportId": "ZZZ"}), "departureAirportId"),
        (json!({"arrivalAirportId": "ZZZ"}), "arrivalAirportId"),
        (json!({"arrivalAirportId": "JFK"}), "arrivalAirportId"),
        (json!({"totalSeats": 51}), "totalSeats"),
        (
            json!({"departureTime": "2020-01-01T00:00:00Z"}),
            "departureTime",
        ),
        (
            json!({"departureTime": "2199-01-01T00:00:00Z"}),
            "departureTime",
        ),
        (json!({"arrivalTime": good["departureTime"]}), "arrivalTime"),
        (
            json!({"arrivalTime": "2199-01-01T00:00:00Z"}),
            "arrivalTime",
        ),
    ] {
        world
            .post("/flight", &admin, merged(good.clone(), change))
            .await
            .names(field);
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, 0);
    world.post("/flight", &admin, good.clone()).await.data(201);
    world
        .post("/flight", &admin, good)
        .await
        .is_problem(409, "DUPLICATE");
    world.get("/flight/9999").await.is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_and_airplane_change_only_while_no_seat_is_taken() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    let (bigger, smaller) = (world.airplane(60).await, world.airplane(40).await);
    let path = format!("/flight/{flight}");
    let times = json!({"departureTime": "2027-01-11T23:30:00-05:00", "arrivalTime": "2027-01-12T05:00:00-05:00"});
    let moved = world.put(&path, &admin, times).await.data(200);
    assert_eq!(moved["departureLocal"], "2027-01-11T23:30:00-05:00");
    let listed = world.get("/flight?tripdate=2027-01-11").await.data(200);
    assert_eq!(listed[0]["id"], flight);
    world
        .put(&path, &admin, json!({"airplaneId": bigger}))
        .await
        .data(200);
    world
        .put(&path, &admin, json!({"airplaneId": smaller}))
        .await
        .names("airplaneId");
    world
        .put(
            &path,
            &admin,
            json!({"arrivalTime": "2027-01-11T00:00:00Z"}),
        )
        .await
        .names("arrivalTime");
    world
        .put(
            &path,
            &admin,
            json!({"departureTime": "2020-01-11T00:00:00Z"}),
        )
        .await
        .names("departureTime");

    let id = hold_id();
    world.hold(&id, &[(flight, 1)]).await;
    for change in [
        json!({"departureTime": "2027-01-12T00:00:00Z"}),
        json!({"arrivalTime": "2027-01-12T12:00:00Z"}),
        json!({"airplaneId": bigger}),
        json!({"airplaneId": bigger, "price": 5}),
    ] {
        world
            .patch(&path, &admin, change)
            .await
            .is_problem(409, "FLIGHT_HAS_BOOKINGS");
    }
    let details = json!({"price": 12_000, "boardingGate": "B7"});
    let changed = world.patch(&path, &admin, details).await.data(200);
    assert_eq!(
        (&changed["price"], &changed["boardingGate"]),
        (&json!(12_000), &json!("B7"))
    );
    let cleared = world
        .patch(&path, &admin, json!({"boardingGate": null}))
        .await
        .data(200);
    assert_eq!(cleared["boardingGate"], Value::Null);
    world.release(&id).await;
    world
        .patch(&path, &admin, json!({"airplaneId": bigger}))
        .await
        .data(200);
    world
        .put("/flight/9999", &admin, json!({"price": 5}))
        .await
        .is_problem(404, "NOT_FOUND");
}
