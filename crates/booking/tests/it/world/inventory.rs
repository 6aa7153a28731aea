//! Flights to book.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Duration, SecondsFormat};
use serde_json::{Value, json};
use service_kit::{clock, testing::http};

use super::World;

impl World {
    /// A flight tomorrow with this many seats at 100.00 USD; its id.
    pub async fn flight(&self, seats: u32) -> i64 {
        self.flight_in(seats, "USD").await
    }

    pub async fn flight_in(&self, seats: u32, currency: &str) -> i64 {
        static NUMBER: AtomicI64 = AtomicI64::new(100);
        let n = NUMBER.fetch_add(1, Ordering::Relaxed);
        let departs = clock::now() + Duration::days(1);
        let airplane = json!({"modelNumber": format!("Test {n}"), "capacity": seats});
        let airplane = self.inventory("/api/v1/airplane", &airplane).await;
        self.airport("JFK", "New York").await;
        self.airport("LAX", "Los Angeles").await;
        let flight = json!({
            "flightNumber": format!("ZZ{n}"),
            "airplaneId": airplane["id"],
            "departureAirportId": "JFK",
            "arrivalAirportId": "LAX",
            "departureTime": departs.to_rfc3339_opts(SecondsFormat::Secs, true),
            "arrivalTime": (departs + Duration::hours(6)).to_rfc3339_opts(SecondsFormat::Secs, true),
            "price": 10_000,
            "currency": currency,
        });
        self.inventory("/api/v1/flight", &flight).await["id"]
            .as_i64()
            .unwrap()
    }

    async fn airport(&self, code: &str, city: &str) {
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM Airport WHERE code = ?")
            .bind(code)
            .fetch_one(&self.flights.admin)
            .await
            .unwrap();
        if known == 0 {
            let city = self.inventory("/api/v1/city", &json!({"city": city})).await;
            let airport =
                json!({"name": format!("{code} Airport"), "code": code, "cityId": city["id"]});
            self.inventory("/api/v1/airport", &airport).await;
        }
    }

    /// Creates something in flights as an administrator.
    async fn inventory(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.flights_url);
        let admin = self.identities.admin();
        let answer = http()
            .post(url)
            .bearer_auth(admin)
            .json(body)
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str::<Value>(&text).unwrap()["data"].clone()
    }

    /// Repeats a hold as booking would, by its id: a late or repeated message.
    pub async fn put_hold(&self, hold_id: &str, flight: i64, seats: u32) -> (u16, String) {
        let url = format!("{}/internal/v1/holds/{hold_id}", self.flights_url);
        let token = self.identities.booking_token("flights");
        let body = json!({"items": [{"flightId": flight, "seats": seats}]});
        let answer = http()
            .put(url)
            .bearer_auth(token)
            .json(&body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}
