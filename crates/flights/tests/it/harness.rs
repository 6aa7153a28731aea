//! The real service with its own schema, and builders for what tests need in it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use service_kit::{
    clock,
    config::Env,
    testing::{Identities, Running, TestDatabase, free_port},
};
use sqlx::MySqlPool;

pub use crate::client::{Answer, Booking};
use crate::client::{patient_client, send};

/// A running service with an empty schema.
pub struct World {
    pub database: TestDatabase,
    pub identities: Arc<Identities>,
    pub running: Running,
    http: Arc<Client>,
    numbers: AtomicU32,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With variables of the environment beyond the needed ones.
    pub async fn with(extra: &[(&str, &str)]) -> Self {
        let database = TestDatabase::create(&flights::MIGRATOR).await;
        let identities = Arc::new(Identities::create().await);
        let env = environment(&database, &identities, extra);
        let config = flights::config::Config::from_env(&env).expect("a good configuration");
        let service = flights::build(config, free_port().await)
            .await
            .expect("a service");
        Self {
            running: Running::start(service),
            http: Arc::new(patient_client()),
            database,
            identities,
            numbers: AtomicU32::new(100),
        }
    }

    pub fn db(&self) -> &MySqlPool {
        &self.database.admin
    }

    pub fn admin(&self) -> String {
        self.identities.admin()
    }

    pub fn booking(&self) -> String {
        self.identities.booking_token("flights")
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Answer {
        send(&self.http, &self.running.url, method, path, token, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, &format!("/api/v1{path}"), "", None)
            .await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Method::POST, &format!("/api/v1{path}"), token, Some(body))
            .await
    }

    pub async fn put(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Method::PUT, &format!("/api/v1{path}"), token, Some(body))
            .await
    }

    pub async fn patch(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Method::PATCH, &format!("/api/v1{path}"), token, Some(body))
            .await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send(Method::DELETE, &format!("/api/v1{path}"), token, None)
            .await
    }

    /// All items of a list, page by page.
    pub async fn pages(&self, path: &str) -> Vec<Value> {
        let mut items = vec![];
        let mut cursor = String::new();
        loop {
            let answer = self.get(&format!("{path}{cursor}")).await;
            let next = answer.body["page"]["next"].as_str().map(str::to_owned);
            items.extend(answer.data(200).as_array().expect("a list").clone());
            match next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// A client of its own, for a spawned task.
    pub fn client(&self) -> Booking {
        Booking {
            http: Arc::clone(&self.http),
            url: self.running.url.clone(),
            token: self.booking(),
        }
    }

    pub async fn hold(&self, id: &str, items: &[(i64, u32)]) -> Answer {
        self.client().hold(id, items).await
    }

    pub async fn sell(&self, id: &str) -> Answer {
        self.client().sell(id).await
    }

    pub async fn release(&self, id: &str) -> Answer {
        self.client().release(id).await
    }

    pub async fn city(&self, name: &str) -> i64 {
        let city = self
            .post("/city", &self.admin(), json!({"city": name}))
            .await;
        id(&city.data(201))
    }

    /// An airport of the bundled table, in a city of its own.
    pub async fn airport(&self, code: &str) -> i64 {
        let city_id = self.city(&format!("City of {code}")).await;
        let body = json!({"name": format!("{code} Airport"), "code": code, "cityId": city_id});
        id(&self.post("/airport", &self.admin(), body).await.data(201))
    }

    /// A shared airplane.
    pub async fn airplane(&self, capacity: i32) -> i64 {
        let body = json!({"modelNumber": "Test 100", "capacity": capacity});
        id(&self.post("/airplane", &self.admin(), body).await.data(200))
    }

    /// JFK and LAX.
    pub async fn airports(&self) {
        self.airport("JFK").await;
        self.airport("LAX").await;
    }

    /// A body for `POST /flight`: JFK-LAX, departing in so many hours.
    pub fn flight_body(&self, airplane_id: i64, hours: i64) -> Value {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let departure = clock::now() + Duration::hours(hours);
        json!({
            "flightNumber": format!("AA{number}"),
            "airplaneId": airplane_id,
            "departureAirportId": "JFK",
            "arrivalAirportId": "LAX",
            "departureTime": rfc3339(departure),
            "arrivalTime": rfc3339(departure + Duration::hours(6)),
            "price": 10_000,
        })
    }

    /// A flight of the body with these fields changed; its id.
    pub async fn flight_with(&self, airplane_id: i64, hours: i64, change: Value) -> i64 {
        let body = merged(self.flight_body(airplane_id, hours), change);
        id(&self.post("/flight", &self.admin(), body).await.data(201))
    }

    /// A flight JFK-LAX in 30 hours with so many seats, on airports and an airplane made for it.
    pub async fn flight(&self, seats: i32) -> i64 {
        if self.get("/airport?q=JFK").await.data(200)[0].is_null() {
            self.airports().await;
        }
        let airplane_id = self.airplane(seats).await;
        self.flight_with(airplane_id, 30, json!({})).await
    }

    /// totalSeats and availableSeats.
    pub async fn seats(&self, flight_id: i64) -> (i64, i64) {
        let flight = self.get(&format!("/flight/{flight_id}")).await.data(200);
        let number = |field: &str| flight[field].as_i64().expect("a number");
        (number("totalSeats"), number("availableSeats"))
    }

    pub async fn available(&self, flight_id: i64) -> i64 {
        self.seats(flight_id).await.1
    }

    /// Moves a departure by SQL, past all rules.
    pub async fn depart(&self, flight_id: i64) {
        let sql = "UPDATE Flight SET departureTime = NOW(6) - INTERVAL 1 MINUTE WHERE id = ?";
        sqlx::query(sql)
            .bind(flight_id)
            .execute(self.db())
            .await
            .expect("moved");
    }

    /// Rows of all tables.
    pub async fn rows(&self) -> i64 {
        self.count(
            "SELECT (SELECT COUNT(*) FROM Cities) + (SELECT COUNT(*) FROM Airport) \
             + (SELECT COUNT(*) FROM Airlines) + (SELECT COUNT(*) FROM Airplane) \
             + (SELECT COUNT(*) FROM Seat) + (SELECT COUNT(*) FROM Flight) \
             + (SELECT COUNT(*) FROM HoldItems) + (SELECT COUNT(*) FROM SeatHolds)",
        )
        .await
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(self.db())
            .await
            .expect("a count")
    }
}

/// The variables that the service needs.
pub fn environment(
    database: &TestDatabase,
    identities: &Identities,
    extra: &[(&str, &str)],
) -> Env {
    let jwks = identities.service_jwks.to_string_lossy().into_owned();
    let mut pairs = vec![
        ("DATABASE_URL", database.url.as_str()),
        ("DATABASE_CONNECTIONS", "16"),
        ("JWKS_URL", identities.jwks_url.as_str()),
        ("SERVICE_JWKS", jwks.as_str()),
    ];
    pairs.extend(extra);
    Env::from_pairs(pairs)
}

/// A fresh hold id.
pub fn hold_id() -> String {
    ulid::Ulid::new().to_string()
}

pub fn id(data: &Value) -> i64 {
    data["id"].as_i64().expect("an id")
}

pub fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// `base` with the fields of `change`; a field that is changed to null is left out.
pub fn merged(mut base: Value, change: Value) -> Value {
    let fields = base.as_object_mut().expect("an object");
    for (name, value) in change.as_object().expect("an object") {
        match value {
            Value::Null => fields.remove(name),
            value => fields.insert(name.clone(), value.clone()),
        };
    }
    base
}
