//! "What the original got wrong and stays fixed", as far as it concerns flights: one test a line.

use std::time::Duration;

use chrono::NaiveDate;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{
    days::january,
    harness::{World, hold_id, id, merged},
};

#[tokio::test(flavor = "multi_thread")]
async fn anybody_could_write_flights_airports_seats() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let before = world.rows().await;
    for token in ["", &world.identities.customer(1)] {
        let status = if token.is_empty() { 401 } else { 403 };
        let body = world.flight_body(1, 30);
        let seat = json!({"row": 1, "col": "A"});
        let airport = json!({"name": "X", "code": "LHR", "cityId": 1});
        let seats = format!("/flight/{flight}/seats");
        for answer in [
            world.post("/flight", token, body).await,
            world.post("/airport", token, airport).await,
            world.post("/airplane/1/seat", token, seat).await,
            world.patch(&seats, token, json!({"seats": 1})).await,
            world.delete(&format!("/flight/{flight}"), token).await,
        ] {
            assert_eq!(answer.status, status, "{}", answer.body);
        }
    }
    assert_eq!(world.rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn x_user_id_could_be_spoofed() {
    let world = World::new().await;
    let spoofed = || {
        service_kit::testing::http()
            .post(format!("{}/api/v1/city", world.running.url))
            .json(&json!({"city": "Paris"}))
            .header("x-user-id", "1")
            .header("x-user-roles", "ADMIN")
    };
    let status = async |request: RequestBuilder| {
        let response = request.send().await.expect("an answer");
        response.status().as_u16()
    };
    assert_eq!(status(spoofed()).await, 401);
    let customer = world.identities.customer(2);
    assert_eq!(status(spoofed().bearer_auth(customer)).await, 403);
    assert_eq!(world.rows().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn flight_company_did_nothing() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(10).await;
    let body = world.flight_body(airplane, 30);
    let (own, other) = (
        world.identities.airline("AA"),
        world.identities.airline("BB"),
    );
    world
        .post("/flight", &other, body.clone())
        .await
        .is_problem(403, "FORBIDDEN");
    let flight = id(&world.post("/flight", &own, body).await.data(201));
    let path = format!("/flight/{flight}");
    world
        .patch(&path, &other, json!({"price": 5}))
        .await
        .is_problem(403, "FORBIDDEN");
    world
        .patch(&path, &own, json!({"price": 5}))
        .await
        .data(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_were_read_then_decremented_and_oversold() {
    let world = World::new().await;
    let flight = world.flight(7).await;
    let holds = (0..40).map(|_| {
        let booking = world.client();
        tokio::spawn(async move { booking.hold(&hold_id(), &[(flight, 2)]).await.status })
    });
    let mut taken = 0;
    for hold in holds.collect::<Vec<_>>() {
        taken += i32::from(hold.await.expect("no panic") == 201);
    }
    assert_eq!(taken, 3);
    assert_eq!(world.seats(flight).await, (7, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_negative_patch_minted_seats() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let path = format!("/flight/{flight}/seats");
    for seats in [json!(-5), json!(0), json!(-1_000_000_000_000_i64)] {
        for dec in [true, false] {
            let body = json!({"seats": seats, "dec": dec});
            world
                .patch(&path, &world.admin(), body)
                .await
                .names("seats");
        }
    }
    assert_eq!(world.seats(flight).await, (10, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn fractions_and_booleans_were_accepted() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let path = format!("/flight/{flight}/seats");
    for seats in [json!(1.5), json!(1.0), json!(true), json!("1")] {
        world
            .patch(&path, &world.admin(), json!({"seats": seats}))
            .await
            .names("seats");
    }
    for price in [json!(99.5), json!(true), json!("100"), Value::Null] {
        let path = format!("/flight/{flight}");
        world
            .patch(&path, &world.admin(), json!({"price": price}))
            .await
            .names("price");
    }
    assert_eq!(world.seats(flight).await, (10, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_city_had_one_airport() {
    let world = World::new().await;
    let city = world.city("New York").await;
    for code in ["JFK", "LGA", "EWR"] {
        let body = json!({"name": code, "code": code, "cityId": city});
        world.post("/airport", &world.admin(), body).await.data(201);
    }
    assert_eq!(
        world
            .get("/airport?q=New%20York")
            .await
            .data(200)
            .as_array()
            .expect("a list")
            .len(),
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_number_flew_once_ever() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(10).await;
    let on = |departure: String, arrival: String| {
        let change =
            json!({"flightNumber": "AA100", "departureTime": departure, "arrivalTime": arrival});
        merged(world.flight_body(airplane, 30), change)
    };
    let [day, next, after] = january(10);
    let admin = world.admin();
    let first = on(format!("{day}T20:00:00-05:00"), format!("{next}T06:00:00Z"));
    world.post("/flight", &admin, first).await.data(201);
    let next_day = on(
        format!("{next}T20:00:00-05:00"),
        format!("{after}T06:00:00Z"),
    );
    world.post("/flight", &admin, next_day).await.data(201);
    // Another day in UTC, but the same local day.
    let same_day = on(format!("{day}T08:00:00-05:00"), format!("{day}T20:00:00Z"));
    world
        .post("/flight", &admin, same_day.clone())
        .await
        .is_problem(409, "DUPLICATE");
    let back = json!({"departureAirportId": "LAX", "arrivalAirportId": "JFK"});
    world
        .post("/flight", &admin, merged(same_day, back))
        .await
        .data(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn days_were_utc() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(10).await;
    let [day, next] = january(10);
    let change = json!({
        "departureTime": format!("{day}T23:30:00-05:00"),
        "arrivalTime": format!("{next}T10:00:00Z"),
    });
    let flight = world.flight_with(airplane, 30, change).await;
    let on = async |day: NaiveDate| {
        world
            .get(&format!("/flight?tripdate={day}"))
            .await
            .data(200)
    };
    assert_eq!(on(day).await[0]["id"], flight);
    assert_eq!(on(next).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_was_no_paging() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(10).await;
    for n in 0..25 {
        world.flight_with(airplane, 30 + n, json!({})).await;
    }
    let page = world.get("/flight").await;
    assert!(page.body["page"]["next"].is_string());
    assert_eq!(page.data(200).as_array().expect("a list").len(), 20);
    world.get("/flight?limit=101").await.names("limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_was_no_currency() {
    let world = World::with(&[("DEFAULT_CURRENCY", "INR")]).await;
    world.airports().await;
    let airplane = world.airplane(10).await;
    let by_default = world.flight_with(airplane, 30, json!({})).await;
    let in_yen = world
        .flight_with(airplane, 31, json!({"currency": "JPY"}))
        .await;
    for (flight, currency) in [(by_default, "INR"), (in_yen, "JPY")] {
        let shown = world.get(&format!("/flight/{flight}")).await.data(200);
        assert_eq!(shown["currency"], currency);
    }
    let mixed = world
        .hold(&hold_id(), &[(by_default, 1), (in_yen, 1)])
        .await;
    mixed.is_problem(422, "CURRENCY_MISMATCH");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_were_in_the_wrong_unit_and_a_histogram_never_observed() {
    let world = World::new().await;
    let city = world.city("Paris").await;
    let mut locked = world.db().begin().await.expect("a transaction");
    sqlx::query("SELECT id FROM Cities FOR UPDATE")
        .fetch_all(&mut *locked)
        .await
        .expect("locked");
    // No other test changes a city so: the time is that of this request alone.
    let (path, admin) = (format!("/city/{city}"), world.admin());
    let slow = world.patch(&path, &admin, json!({"city": "Lyon"}));
    let unlocked = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        locked.rollback().await.expect("rolled back");
    };
    let (slow, ()) = tokio::join!(slow, unlocked);
    slow.data(200);
    let url = format!("{}/metrics", world.running.url);
    let answer = service_kit::testing::http().get(url).send().await;
    let metrics = answer.expect("an answer").text().await.expect("a text");
    let labels = [
        "method=\"PATCH\"",
        "route=\"/api/v1/city/{id}\"",
        "status_code=\"200\"",
    ];
    let value = |name: &str| -> f64 {
        let series = metrics.lines().find(|line| {
            line.starts_with(&format!("{name}{{"))
                && labels.iter().all(|label| line.contains(label))
        });
        let value = series.and_then(|line| line.rsplit(' ').next());
        value.expect(name).parse().expect("a number")
    };
    let count = value("http_request_duration_ms_count");
    assert!(count >= 1.0, "{count}");
    let milliseconds = value("http_request_duration_ms_sum") / count;
    assert!((300.0..10_000.0).contains(&milliseconds), "{milliseconds}");
}
