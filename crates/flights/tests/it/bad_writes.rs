//! Every field of every write, given wrong in every way.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{World, hold_id, merged},
    sweep::{
        airport_fields, code, field, long, not_a_number, nullable, number, required, sweep, text,
        time,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn bad_cities_are_refused() {
    let world = World::new().await;
    let city = world.city("Paris").await;
    let name = || required(text("city", &[long(101), json!("a\nb")]));
    sweep(
        &world,
        Method::POST,
        "/api/v1/city",
        json!({"city": "Lyon"}),
        vec![name()],
    )
    .await;
    let path = format!("/api/v1/city/{city}");
    for method in [Method::PUT, Method::PATCH] {
        sweep(
            &world,
            method.clone(),
            &path,
            json!({"city": "Lyon"}),
            vec![name()],
        )
        .await;
        let by_body = json!({"id": city, "city": "Lyon"});
        let fields = vec![required(number("id", &[])), name()];
        sweep(&world, method, "/api/v1/city", by_body, fields).await;
    }
    let both = json!({"id": city, "city": "Lyon", "name": "Lille"});
    assert_eq!(world.put("/city", &world.admin(), both).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_airports_are_refused() {
    let world = World::new().await;
    let airport = world.airport("JFK").await;
    let city = world.city("Paris").await;
    let good = json!({"name": "Orly", "code": "ORY", "cityId": city, "country": "FR",
        "latitude": 48.7, "longitude": 2.4, "timezone": "Europe/Paris", "address": "Orly"});
    let name = || text("name", &[long(121), json!("a\tb")]);
    let address = || nullable(text("address", &[long(256)]));
    let mut fields = vec![
        required(name()),
        required(code("code")),
        required(number("cityId", &[])),
        address(),
    ];
    fields.extend(airport_fields());
    sweep(
        &world,
        Method::POST,
        "/api/v1/airport",
        good.clone(),
        fields,
    )
    .await;
    for method in [Method::PUT, Method::PATCH] {
        let mut fields = vec![name(), code("code"), number("cityId", &[]), address()];
        fields.extend(airport_fields());
        let path = format!("/api/v1/airport/{airport}");
        sweep(&world, method.clone(), &path, good.clone(), fields).await;
        let by_body = merged(good.clone(), json!({"id": airport}));
        let fields = vec![required(number("id", &[])), name()];
        sweep(&world, method, "/api/v1/airport", by_body, fields).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_airlines_airplanes_and_seats_are_refused() {
    let world = World::new().await;
    let airplane = world.airplane(10).await;
    let designator = |name| text(name, &[json!("A"), json!("AAA"), json!("aa"), json!("A-")]);
    let fields = vec![
        required(designator("code")),
        required(text("name", &[long(121)])),
    ];
    let good = json!({"code": "AA", "name": "Alpha"});
    sweep(&world, Method::POST, "/api/v1/airline", good, fields).await;

    let good = json!({"modelNumber": "A320", "capacity": 100, "airline": "AA"});
    let model = || text("modelNumber", &[long(61)]);
    let capacity = || number("capacity", &[json!(1001)]);
    let fields = vec![
        required(model()),
        required(capacity()),
        nullable(designator("airline")),
    ];
    sweep(
        &world,
        Method::POST,
        "/api/v1/airplane",
        good.clone(),
        fields,
    )
    .await;
    for method in [Method::PUT, Method::PATCH] {
        let fields = || vec![model(), capacity(), nullable(designator("airline"))];
        let path = format!("/api/v1/airplane/{airplane}");
        sweep(&world, method.clone(), &path, good.clone(), fields()).await;
        let by_body = merged(good.clone(), json!({"airplaneId": airplane}));
        let mut fields = fields();
        fields.push(number("airplaneId", &[]));
        sweep(&world, method.clone(), "/api/v1/airplane", by_body, fields).await;
        world
            .send(
                method,
                "/api/v1/airplane",
                &world.admin(),
                Some(good.clone()),
            )
            .await
            .names("id");
    }

    let fields = vec![
        required(number("row", &[json!(201), json!(40_000)])),
        required(text(
            "col",
            &[json!("AA"), json!("a"), json!("1"), json!("\u{c4}")],
        )),
        text("type", &[json!("economy"), json!("CARGO")]),
    ];
    let path = format!("/api/v1/airplane/{airplane}/seat");
    let good = json!({"row": 1, "col": "A", "type": "ECONOMY"});
    sweep(&world, Method::POST, &path, good, fields).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_flights_are_refused() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let airplane = world.airplane(50).await;
    let good = merged(
        world.flight_body(airplane, 30),
        json!({"airline": "AA", "currency": "USD", "boardingGate": "A1", "totalSeats": 9}),
    );
    let numbers = [
        "AA", "AAA", "aa100", "AA12345", "AA100AB", "10", "AA 1", "A\u{c4}1",
    ];
    let price = || number("price", &[json!(1_000_000_001)]);
    let airplane_id = || number("airplaneId", &[json!(9_999)]);
    let gate = || nullable(text("boardingGate", &[long(11)]));
    let fields = vec![
        required(text("flightNumber", &numbers.map(|number| json!(number)))),
        required(airplane_id()),
        required(code("departureAirportId")),
        required(code("arrivalAirportId")),
        required(time("departureTime")),
        required(time("arrivalTime")),
        required(price()),
        text("airline", &[json!("A"), json!("aa"), json!("AAA")]),
        text("currency", &[json!("usd"), json!("ZZZ"), json!("US")]),
        gate(),
        number("totalSeats", &[json!(51), json!(1001)]),
    ];
    sweep(&world, Method::POST, "/api/v1/flight", good, fields).await;
    for method in [Method::PUT, Method::PATCH] {
        let path = format!("/api/v1/flight/{flight}");
        let fields = vec![
            price(),
            gate(),
            time("departureTime"),
            time("arrivalTime"),
            airplane_id(),
        ];
        sweep(&world, method.clone(), &path, json!({"price": 5}), fields).await;
        world
            .send(method, &path, &world.admin(), Some(json!({})))
            .await
            .names("body");
    }
    let path = format!("/api/v1/flight/{flight}/seats");
    let not_a_flag = [
        json!("true"),
        json!(2),
        json!(-1),
        json!(0.5),
        json!([]),
        json!({}),
    ];
    let fields = vec![
        required(number("seats", &[json!(1001)])),
        field("dec", not_a_flag.into(), &[]),
    ];
    sweep(
        &world,
        Method::PATCH,
        &path,
        json!({"seats": 1, "dec": true}),
        fields,
    )
    .await;
    assert_eq!(world.seats(flight).await, (50, 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_holds_are_refused() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let path = format!("/internal/v1/holds/{}", hold_id());
    let seven: Vec<Value> = (1..=7)
        .map(|id| json!({"flightId": id, "seats": 1}))
        .collect();
    let items = vec![
        json!([]),
        json!("x"),
        json!(1),
        json!(true),
        json!({}),
        json!(seven),
    ];
    let good = json!({"items": [{"flightId": flight, "seats": 1}]});
    sweep(
        &world,
        Method::PUT,
        &path,
        good,
        vec![required(field("items", items, &[]))],
    )
    .await;
    let token = world.booking();
    let put = async |item: Value| {
        let body = json!({"items": [{"flightId": flight, "seats": 1}, item]});
        world.send(Method::PUT, &path, &token, Some(body)).await
    };
    let mut too_many = not_a_number();
    too_many.push(json!(10));
    for bad in too_many {
        put(json!({"flightId": flight + 1, "seats": bad}))
            .await
            .names("items[1].seats");
    }
    for bad in not_a_number().into_iter().chain([Value::Null]) {
        put(json!({"flightId": bad, "seats": 1}))
            .await
            .names("items[1].flightId");
    }
    put(json!({"seats": 1})).await.names("items[1].flightId");
    put(json!({"flightId": 1})).await.names("items[1].seats");
    put(json!({"flightId": 1, "seats": 1, "price": 1}))
        .await
        .names("items[1].price");
    for bad in [
        "1",
        "01arz3ndektsv4rrffq69g5fav",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "x%27%20OR%201",
    ] {
        world.hold(bad, &[(flight, 1)]).await.names("holdId");
        world.sell(bad).await.names("holdId");
        world.release(bad).await.names("holdId");
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM SeatHolds").await, 0);
    assert_eq!(world.available(flight).await, 50);
}
