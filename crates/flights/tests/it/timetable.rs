//! Flights, from creation to deletion.

use chrono::Duration;
use serde_json::{Value, json};
use service_kit::clock;

use crate::{
    days::january,
    harness::{World, hold_id, id, merged, rfc3339},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_shows_its_places_its_airplane_and_local_times() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(50).await;
    let [day] = january(10);
    let at = |time: &str| format!("{day}T{time}");
    let body = merged(
        world.flight_body(airplane, 30),
        json!({"departureTime": at("08:00:00-05:00"), "arrivalTime": at("19:15:00.25Z"),
            "boardingGate": "A1", "currency": "EUR", "totalSeats": 40}),
    );
    let flight = world.post("/flight", &world.admin(), body).await.data(201);
    assert_eq!(flight["departureTime"], at("13:00:00Z"));
    assert_eq!(flight["arrivalTime"], at("19:15:00.250Z"));
    assert_eq!(flight["departureLocal"], at("08:00:00-05:00"));
    assert_eq!(flight["arrivalLocal"], at("11:15:00.250-08:00"));
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
    let other = world.airplane(70).await;
    let path = format!("/flight/{flight}");
    let [day, next] = january(11);
    let times = json!({
        "departureTime": format!("{day}T23:30:00-05:00"),
        "arrivalTime": format!("{next}T05:00:00-05:00"),
    });
    let moved = world.put(&path, &admin, times).await.data(200);
    assert_eq!(moved["departureLocal"], format!("{day}T23:30:00-05:00"));
    let on_day = format!("/flight?tripdate={day}");
    let listed = world.get(&on_day).await.data(200);
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
            json!({"arrivalTime": format!("{day}T00:00:00Z")}),
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
        json!({"departureTime": format!("{next}T00:00:00Z")}),
        json!({"arrivalTime": format!("{next}T12:00:00Z")}),
        json!({"airplaneId": other}),
        json!({"airplaneId": other, "price": 5}),
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
        .patch(&path, &admin, json!({"airplaneId": other}))
        .await
        .data(200);
    world
        .put("/flight/9999", &admin, json!({"price": 5}))
        .await
        .is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_sent_unchanged_is_no_change() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let path = format!("/flight/{flight}");
    let shown = world.get(&path).await.data(200);
    world.hold(&hold_id(), &[(flight, 1)]).await;
    let whole = json!({
        "price": 12_000,
        "boardingGate": "B7",
        "departureTime": shown["departureLocal"],
        "arrivalTime": shown["arrivalTime"],
        "airplaneId": shown["airplaneId"],
    });
    let admin = world.admin();
    let changed = world.put(&path, &admin, whole.clone()).await.data(200);
    assert_eq!(
        (&changed["price"], &changed["departureTime"]),
        (&json!(12_000), &shown["departureTime"])
    );
    let later = json!({"arrivalTime": rfc3339(clock::now() + Duration::hours(40))});
    world
        .put(&path, &admin, merged(whole, later))
        .await
        .is_problem(409, "FLIGHT_HAS_BOOKINGS");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_departed_flight_the_arrival_can_be_put_right() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    world.depart(flight).await;
    let path = format!("/flight/{flight}");
    let send = async |field: &str, hours: i64| {
        let time = rfc3339(clock::now() + Duration::hours(hours));
        world.patch(&path, &admin, json!({field: time})).await
    };
    send("arrivalTime", 3).await.data(200);
    send("arrivalTime", -1).await.names("arrivalTime");
    send("arrivalTime", 72).await.names("arrivalTime");
    send("departureTime", -2).await.names("departureTime");
    // Nothing kept the airplane's capacity for a departed flight.
    sqlx::query("UPDATE Airplane SET capacity = 40")
        .execute(world.db())
        .await
        .expect("a smaller airplane");
    send("departureTime", 2).await.names("departureTime");
}
