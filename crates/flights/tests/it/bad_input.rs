//! Every field of every write and every parameter of every list, given wrong in every way.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{World, hold_id, id, merged};

/// What no field takes, by what the field wants.
fn not_a_number() -> Vec<Value> {
    vec![
        json!("1"),
        json!(true),
        json!(1.5),
        json!(-1),
        json!(0),
        json!(1e30),
        json!(u64::MAX),
        json!([1]),
        json!({}),
    ]
}

fn not_a_text() -> Vec<Value> {
    vec![
        json!(1),
        json!(true),
        json!(1.5),
        json!([]),
        json!({}),
        json!(""),
        json!("  "),
    ]
}

struct Field {
    name: &'static str,
    required: bool,
    /// Whether null is a value (it clears the field, or is as good as leaving it out).
    nullable: bool,
    bad: Vec<Value>,
}

fn number(name: &'static str, more: &[Value]) -> Field {
    field(name, not_a_number(), more)
}

fn text(name: &'static str, more: &[Value]) -> Field {
    field(name, not_a_text(), more)
}

fn field(name: &'static str, mut bad: Vec<Value>, more: &[Value]) -> Field {
    bad.extend(more.iter().cloned());
    Field {
        name,
        required: false,
        nullable: false,
        bad,
    }
}

fn required(field: Field) -> Field {
    Field {
        required: true,
        ..field
    }
}

fn nullable(field: Field) -> Field {
    Field {
        nullable: true,
        ..field
    }
}

fn degrees(name: &'static str, beyond: f64) -> Field {
    let bad = vec![json!("1"), json!(true), json!([]), json!({})];
    field(name, bad, &[json!(beyond), json!(-beyond), json!(1e300)])
}

fn long(length: usize) -> Value {
    json!("x".repeat(length))
}

/// Sends each bad value of each field, an unknown field, and the body without each required one.
async fn sweep(world: &World, method: Method, path: &str, good: Value, fields: Vec<Field>) {
    let token = match path.starts_with("/internal") {
        true => world.booking(),
        false => world.admin(),
    };
    let send = async |body: Value| world.send(method.clone(), path, &token, Some(body)).await;
    let before = world.rows().await;
    for field in fields {
        let mut bad = field.bad;
        if !field.nullable {
            bad.push(Value::Null);
        }
        for value in bad {
            let mut body = good.clone();
            body[field.name] = value.clone();
            let answer = send(body).await;
            let named = &answer.body["errors"][0]["field"];
            assert_eq!(
                (answer.status, named.as_str()),
                (422, Some(field.name)),
                "{method} {path}: {} = {value}: {}",
                field.name,
                answer.body
            );
        }
        if field.required {
            send(merged(good.clone(), json!({field.name: null})))
                .await
                .names(field.name);
        }
    }
    send(merged(good.clone(), json!({"isAdmin": true})))
        .await
        .names("isAdmin");
    // An array of the fields' values is no body, although serde would take it.
    let values: Vec<Value> = good
        .as_object()
        .expect("an object")
        .values()
        .cloned()
        .collect();
    for whole in [json!([]), json!("x"), json!(1), json!(null)] {
        send(whole).await.names("body");
    }
    send(json!(values)).await.is_problem(422, "VALIDATION");
    not_json(world, &method, path, &token).await;
    assert_eq!(
        world.rows().await,
        before,
        "{method} {path} wrote something"
    );
}

async fn not_json(world: &World, method: &Method, path: &str, token: &str) {
    let url = format!("{}{path}", world.running.url);
    let client = service_kit::testing::http();
    let request = || client.request(method.clone(), &url).bearer_auth(token);
    let json = || request().header(header::CONTENT_TYPE, "application/json");
    for malformed in ["", "{", "{'a':1}", "\u{0}"] {
        let response = json().body(malformed).send().await.expect("an answer");
        assert_eq!(
            response.status(),
            StatusCode::BAD_REQUEST,
            "{method} {path} {malformed:?}"
        );
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
    let response = request().body("{}").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = format!("{{\"x\":\"{}\"}}", "y".repeat(70_000));
    let response = json().body(large).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

const CODES: [&str; 4] = ["JF", "JFKX", "jfk", "J K"];

fn code(name: &'static str) -> Field {
    text(name, &CODES.map(|code| json!(code)))
}

fn time(name: &'static str) -> Field {
    let bad = [
        "2027-01-01",
        "2027-01-01T00:00:00",
        "2027-13-01T00:00:00Z",
        "soon",
        "1767225600",
    ];
    text(name, &bad.map(|time| json!(time)))
}

fn airport_fields() -> Vec<Field> {
    vec![
        text("country", &[json!("us"), json!("USA"), json!("U1")]),
        degrees("latitude", 90.1),
        degrees("longitude", 180.1),
        text(
            "timezone",
            &[
                json!("Mars/Olympus"),
                json!("EST5"),
                json!("America/new_york"),
            ],
        ),
    ]
}

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

#[tokio::test(flavor = "multi_thread")]
async fn bad_ids_of_paths_are_refused() {
    let world = World::new().await;
    let admin = world.admin();
    for bad in [
        "0",
        "-1",
        "1.5",
        "abc",
        "9223372036854775808",
        "1%20",
        "%2B1",
        "true",
    ] {
        for list in ["city", "airport", "airplane", "flight"] {
            let path = format!("/{list}/{bad}");
            world.get(&path).await.names("id");
            world.delete(&path, &admin).await.names("id");
            world.put(&path, &admin, json!({})).await.names("id");
        }
        world
            .get(&format!("/airplane/{bad}/seat"))
            .await
            .names("id");
        world
            .delete(&format!("/airplane/1/seat/{bad}"), &admin)
            .await
            .names("seatId");
        world
            .patch(&format!("/flight/{bad}/seats"), &admin, json!({"seats": 1}))
            .await
            .names("id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_search_parameters_are_refused_by_name() {
    let world = World::new().await;
    let table = [
        (
            "trips",
            "JFK,JFK-,-LAX,JFK-JFK,jfk-lax,JFKLAX,JFK-LAX-SFO,1,JFK-LA%00,",
        ),
        (
            "price",
            "abc,-,100,-5,200-100,1.5-3,1-2-3,99999999999999999999-,1e3-2e3,%20-,",
        ),
        ("travellers", "0,-1,1.5,abc,true,1001,99999999999,2%20,"),
        (
            "tripdate",
            "2026-02-30,2026-1-1,24.12.2026,tomorrow,2026-12-24T00:00:00Z,20261224,",
        ),
        ("airline", "A,AAA,aa,%C3%84A,"),
        ("currency", "usd,ZZZ,US,1,"),
        (
            "departureFrom",
            "2026-12-24,now,1767225600,2026-12-24T00:00:00,",
        ),
        (
            "departureTo",
            "2026-12-24,now,1767225600,2026-12-24T00:00:00,",
        ),
        (
            "sort",
            "price,price_up,gate_asc,PRICE_asc,id_asc,price_asc;drop,price_asc%2Cprice_desc,",
        ),
        ("limit", "0,-1,101,1.5,abc,true,99999999999,"),
        ("cursor", "x,%25,e30,W10,bnVsbA,"),
    ];
    for (parameter, values) in table {
        for value in values.split(',') {
            let answer = world.get(&format!("/flight?{parameter}={value}")).await;
            let named = answer.body["errors"][0]["field"].as_str();
            let wanted = (422, Some(parameter));
            assert_eq!(
                (answer.status, named),
                wanted,
                "{parameter}={value:?} {}",
                answer.body
            );
        }
    }
    world.get("/flight?gate=A1").await.names("gate");
    world.get("/flight?limit=1&limit=2").await.names("limit");
    let turned = "departureFrom=2027-01-02T00:00:00Z&departureTo=2027-01-01T00:00:00Z";
    world
        .get(&format!("/flight?{turned}"))
        .await
        .names("departureTo");
    for list in [
        "/city",
        "/airport",
        "/airplane",
        "/airline",
        "/airplane/1/seat",
    ] {
        for bad in ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=e30"] {
            let name = bad.split('=').next().expect("a name");
            world.get(&format!("{list}?{bad}")).await.names(name);
        }
        world.get(&format!("{list}?sort=id")).await.names("sort");
    }
    world.get("/airport?q=").await.names("q");
    world
        .get(&format!("/airport?q={}", "x".repeat(61)))
        .await
        .names("q");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_cursors_and_texts_stay_text() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let positions = [
        json!({"sort": "departureTime asc", "values": [], "id": 1}),
        json!({"sort": "departureTime asc", "values": [{"n": 1}], "id": 1}),
        json!({"sort": "price asc", "values": [{"n": 1}], "id": 1}),
        json!({"sort": "departureTime asc", "values": [{"s": "'; DROP TABLE Flight"}], "id": 1}),
    ];
    for position in positions {
        let cursor = service_kit::http::page::cursor(&position);
        world
            .get(&format!("/flight?cursor={cursor}"))
            .await
            .names("cursor");
    }
    let q = "'%20OR%201=1%20--%20%5C";
    assert_eq!(
        world.get(&format!("/airport?q={q}")).await.data(200),
        json!([])
    );
    let name = json!({"city": "Robert'); DROP TABLE Cities;-- \\ % _ 🛫"});
    let city = world
        .post("/city", &world.admin(), name.clone())
        .await
        .data(201);
    let shown = world.get(&format!("/city/{}", id(&city))).await.data(200);
    assert_eq!(shown["city"], name["city"]);
    assert_eq!(world.get(&format!("/flight/{flight}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_problems() {
    let world = World::new().await;
    world.get("/nothing").await.is_problem(404, "NOT_FOUND");
    let answer = world.send(Method::GET, "/", "", None).await;
    answer.is_problem(404, "NOT_FOUND");
    world
        .post("/flight/1", &world.admin(), json!({}))
        .await
        .is_problem(405, "MALFORMED");
    world
        .delete("/flight", &world.admin())
        .await
        .is_problem(405, "MALFORMED");
}
