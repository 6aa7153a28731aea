//! One stack for all tests that need nothing stopped or killed: each test brings its own people
//! and flights, so they do not meet.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::SystemTime,
};

use chrono::{DateTime, Days, Utc};
use e2e::{
    api::Api,
    bench::data::{Shape, make},
    stack::{ADMIN_EMAIL, Options, Stack, client},
    traveller::Traveller,
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use tokio::sync::OnceCell;

/// The stack, with the demo's places.
pub async fn stack() -> &'static Stack {
    // One that cannot start is not tried again by each test.
    static STACK: OnceCell<Result<Stack, String>> = OnceCell::const_new();
    let started = STACK.get_or_init(async || start().await.map_err(|error| format!("{error:#}")));
    started.await.as_ref().unwrap()
}

async fn start() -> anyhow::Result<Stack> {
    let stack = Stack::start(&Options::for_tests()).await?;
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    stack.run(
        "flights",
        &["seed", "demo", "--days", "10", "--folder", data],
    )?;
    Ok(stack)
}

/// The gateway by connections of this test's runtime; those of another are gone with it.
pub async fn gateway() -> Api {
    stack().await.gateway().with_client(client())
}

/// The administrator.
pub async fn admin() -> Api {
    let password = &stack().await.admin_password;
    gateway()
        .await
        .signed_in(ADMIN_EMAIL, password)
        .await
        .unwrap()
}

/// A new customer.
pub async fn traveller() -> Traveller {
    Traveller::arrive(&gateway().await).await.unwrap()
}

/// A flight of a test's own; price 10,000 minor units.
pub async fn flight(seats: u32) -> i64 {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let admin = admin().await;
    let airplanes = admin
        .get("/flightsService/api/v1/airplane?limit=100")
        .await
        .unwrap();
    let airplanes = airplanes.data().as_array().unwrap().clone();
    let roomy = airplanes
        .iter()
        .max_by_key(|plane| plane["capacity"].as_i64())
        .unwrap();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let date = (DateTime::<Utc>::from(SystemTime::now()) + Days::new(90)).date_naive();
    let flight = json!({
        "flightNumber": format!("9Z{number}"),
        "airplaneId": roomy["id"],
        "departureAirportId": "SYD",
        "arrivalAirportId": "JFK",
        "departureTime": format!("{date}T08:00:00Z"),
        "arrivalTime": format!("{date}T23:00:00Z"),
        "price": 10_000,
        "currency": "AUD",
        "totalSeats": seats,
    });
    let answer = admin
        .post("/flightsService/api/v1/flight", &flight)
        .await
        .unwrap();
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.data()["id"].as_i64().unwrap()
}

/// A flight with room in a stack of the test's own, which has no data yet.
pub async fn a_flight_of(stack: &Stack) -> i64 {
    let mut root = stack.database.root().await.unwrap();
    let shape = Shape {
        count: 3,
        seats: 100,
        hot_seats: 100,
    };
    make(&mut root, &stack.database.schemas, shape)
        .await
        .unwrap()
        .hot
}

/// Seats of a flight that nobody has.
pub async fn free_seats(flight: i64) -> i64 {
    let path = format!("/flightsService/api/v1/flight/{flight}");
    let answer = gateway().await.get(&path).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.data()["availableSeats"].as_i64().unwrap()
}

/// Moves time, or looks behind the curtain: SQL with `{booking}` and the like for the schemas.
pub async fn change(sql: &str) {
    let database = &stack().await.database;
    let mut root = database.root().await.unwrap();
    root.execute(AssertSqlSafe(database.schemas.fill(sql)))
        .await
        .unwrap();
}

/// One number by SQL.
pub async fn number(sql: &str) -> i64 {
    let database = &stack().await.database;
    let mut root = database.root().await.unwrap();
    let sql = AssertSqlSafe(database.schemas.fill(sql));
    sqlx::query_scalar(sql).fetch_one(&mut root).await.unwrap()
}

/// Looks every 50 ms until `seen` says yes; fails after 20 s.
pub async fn eventually<T, F: Future<Output = T>>(
    what: &str,
    look: impl Fn() -> F,
    seen: impl Fn(&T) -> bool,
) -> T {
    for _ in 0..400 {
        let found = look().await;
        if seen(&found) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("not within 20 s: {what}");
}

/// Text of a value.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
