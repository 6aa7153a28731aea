//! The world of a test: booking, flights and the provider, each with its schema, and clients.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Duration, SecondsFormat};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use service_kit::{
    clock,
    config::Env,
    testing::{Identities, Running, TestDatabase, eventually, free_port, http, redis_url},
};

use crate::network::Network;

/// Everything that runs for one test.
pub struct World {
    /// Booking's schema.
    pub bookings: TestDatabase,
    /// Flights' schema.
    pub flights: TestDatabase,
    /// The provider's schema.
    pub ledger: TestDatabase,
    /// From booking to flights.
    pub to_flights: Network,
    /// From booking to the provider.
    pub to_provider: Network,
    /// The queue's Redis.
    pub redis: String,
    /// Keys and tokens.
    pub identities: Identities,
    flights_url: String,
    booking: Running,
    _running: Vec<Running>,
}

/// An answer: status, headers, body as text and as JSON.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    pub fn booking_id(&self) -> i64 {
        self.data()["id"]
            .as_i64()
            .unwrap_or_else(|| panic!("no booking: {}", self.text))
    }

    /// Checks status and problem code in one line.
    pub fn is(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.code().as_str()),
            (status, code),
            "{}",
            self.text
        );
    }
}

impl World {
    /// A world without a limit of unpaid holds.
    pub async fn start() -> Self {
        Self::with(&[("MAX_UNPAID_HOLDS", "0")]).await
    }

    /// A world where booking has this configuration besides.
    pub async fn with(booking_settings: &[(&str, &str)]) -> Self {
        let (bookings, flights_db, ledger) = tokio::join!(
            TestDatabase::create(&booking::MIGRATOR),
            TestDatabase::create(&flights::MIGRATOR),
            TestDatabase::create(&payment_sandbox::MIGRATOR),
        );
        let identities = Identities::create().await;
        let callers = identities.service_jwks.display().to_string();
        let env = Env::from_pairs([
            ("DATABASE_URL", flights_db.url.as_str()),
            ("JWKS_URL", &identities.jwks_url),
            ("SERVICE_JWKS", &callers),
        ]);
        let config = flights::config::Config::from_env(&env).unwrap();
        let flights = Running::start(flights::build(config, free_port().await).await.unwrap());
        let env = Env::from_pairs([
            ("DATABASE_URL", ledger.url.as_str()),
            ("SERVICE_JWKS", &callers),
        ]);
        let config = payment_sandbox::config::Config::from_env(&env).unwrap();
        let provider = payment_sandbox::build(config, free_port().await)
            .await
            .unwrap();
        let provider = Running::start(provider);
        let to_flights = Network::to(&flights.url).await;
        let to_provider = Network::to(&provider.url).await;
        let key = identities.booking_key.display().to_string();
        let redis = redis_url();
        let mut pairs = vec![
            ("DATABASE_URL", bookings.url.as_str()),
            ("REDIS_URL", &redis),
            ("JWKS_URL", &identities.jwks_url),
            ("SERVICE_KEY", &key),
            ("FLIGHT_SERVICE", &to_flights.url),
            ("PAYMENT_URL", &to_provider.url),
            // Nobody listens there: e-mails stay in the outbox.
            ("NOTIFICATION_SERVICE", "http://127.0.0.1:9"),
        ];
        pairs.extend(booking_settings);
        let config = booking::Config::from_env(&Env::from_pairs(pairs)).unwrap();
        let booking = Running::start(booking::build(config, free_port().await).await.unwrap());
        Self {
            flights_url: flights.url.clone(),
            bookings,
            flights: flights_db,
            ledger,
            to_flights,
            to_provider,
            redis,
            identities,
            booking,
            _running: vec![flights, provider],
        }
    }

    pub fn booking_url(&self) -> &str {
        &self.booking.url
    }

    /// Calls booking.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Answer {
        let mut request = http().request(method, format!("{}{path}", self.booking.url));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("x-idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        Answer {
            status: answer.status(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    pub async fn book(&self, token: &str, flight: i64, seats: u32) -> Answer {
        self.book_body(
            token,
            None,
            &json!({"flightId": flight, "noOfSeats": seats}),
        )
        .await
    }

    /// Books with a key, again after a 503 as `Retry-After` asks: a slow machine may not answer
    /// two hundred at once in time.
    pub async fn book_patiently(&self, token: &str, flight: i64, seats: u32) -> Answer {
        let body = json!({"flightId": flight, "noOfSeats": seats});
        for _ in 0..20 {
            let answer = self.book_body(token, Some("patient"), &body).await;
            if answer.status != 503 {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        panic!("503 twenty times");
    }

    pub async fn book_body(&self, token: &str, key: Option<&str>, body: &Value) -> Answer {
        self.call(Method::POST, "/api/v1/booking", token, key, Some(body))
            .await
    }

    pub async fn pay(&self, token: &str, booking: &Answer, key: &str, card: &str) -> Answer {
        let body = json!({
            "bookingId": booking.booking_id(),
            "totalCost": booking.data()["totalCost"],
            "paymentToken": card,
        });
        self.pay_body(token, key, &body).await
    }

    pub async fn pay_body(&self, token: &str, key: &str, body: &Value) -> Answer {
        self.call(
            Method::POST,
            "/api/v1/booking/payments",
            token,
            Some(key),
            Some(body),
        )
        .await
    }

    pub async fn cancel(&self, token: &str, id: i64) -> Answer {
        self.call(
            Method::POST,
            &format!("/api/v1/booking/{id}/cancel"),
            token,
            None,
            None,
        )
        .await
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(Method::GET, path, token, None, None).await
    }

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

    pub async fn seats_left(&self, flight: i64) -> i64 {
        sqlx::query_scalar("SELECT CAST(availableSeats AS SIGNED) FROM Flight WHERE id = ?")
            .bind(flight)
            .fetch_one(&self.flights.admin)
            .await
            .unwrap()
    }

    pub async fn seats_eventually(&self, flight: i64, seats: i64) {
        eventually("the seats are as expected", async || {
            self.seats_left(flight).await == seats
        })
        .await;
    }

    /// One column of a booking as text.
    pub async fn column(&self, booking: i64, column: &'static str) -> String {
        let sql = format!("SELECT CAST({column} AS CHAR) FROM Bookings WHERE id = ?");
        sqlx::query_scalar::<_, Option<String>>(sqlx::AssertSqlSafe(sql))
            .bind(booking)
            .fetch_one(&self.bookings.admin)
            .await
            .unwrap()
            .unwrap_or_default()
    }

    /// Waits until a column of a booking has this value.
    pub async fn column_eventually(&self, booking: i64, column: &'static str, value: &str) {
        let what = format!("{column} of booking {booking} is {value}");
        eventually(&what, async || self.column(booking, column).await == value).await;
    }

    /// Runs SQL in booking's schema, to move time.
    pub async fn sql(&self, sql: &'static str, booking: i64) {
        sqlx::query(sql)
            .bind(booking)
            .execute(&self.bookings.admin)
            .await
            .unwrap();
    }

    /// A number from booking's schema.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.bookings.admin)
            .await
            .unwrap()
    }

    /// Charges of this booking that the provider has captured.
    pub async fn captured(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM Charges WHERE state = 'CAPTURED'")
            .fetch_one(&self.ledger.admin)
            .await
            .unwrap()
    }

    /// What must hold at the end of every test: seats are conserved, counters agree, events
    /// replay by legal transitions, nothing BOOKED without one captured payment.
    pub async fn check(&self) {
        let leaks: Vec<i64> = sqlx::query_scalar(
            "SELECT f.id FROM Flight f WHERE f.totalSeats <> f.availableSeats + COALESCE(
               (SELECT SUM(i.seats) FROM HoldItems i JOIN SeatHolds h ON h.holdId = i.holdId
                WHERE i.flightId = f.id AND h.state IN ('HELD', 'SOLD')), 0)",
        )
        .fetch_all(&self.flights.admin)
        .await
        .unwrap();
        assert!(leaks.is_empty(), "seats leak on flights {leaks:?}");
        let miscounted = self
            .count(
                "SELECT COUNT(*) FROM UnpaidHolds u WHERE u.n <> (SELECT COUNT(*) FROM Bookings b
                 WHERE b.userId = u.userId AND b.status IN ('INITIATED', 'PENDING'))",
            )
            .await;
        assert_eq!(miscounted, 0, "unpaid holds are miscounted");
        let unpaid = self
            .count(
                "SELECT COUNT(*) FROM Bookings b WHERE b.status = 'BOOKED' AND 1 <>
                 (SELECT COUNT(*) FROM Payments p LEFT JOIN Refunds r ON r.paymentId = p.id
                  WHERE p.bookingId = b.id AND p.status = 'CAPTURED' AND r.id IS NULL)",
            )
            .await;
        assert_eq!(unpaid, 0, "BOOKED without exactly one captured payment");
        self.check_events().await;
    }

    async fn check_events(&self) {
        use booking::bookings::{Status, is_legal};
        let rows: Vec<(i64, Option<String>, String, String)> = sqlx::query_as(
            "SELECT e.bookingId, e.fromStatus, e.toStatus, b.status FROM BookingEvents e
             JOIN Bookings b ON b.id = e.bookingId ORDER BY e.bookingId, e.id",
        )
        .fetch_all(&self.bookings.admin)
        .await
        .unwrap();
        let status = |text: &str| text.parse::<Status>().unwrap();
        for events in rows.chunk_by(|a, b| a.0 == b.0) {
            let mut now: Option<Status> = None;
            for (id, from, to, _) in events {
                let from = from.as_deref().map(status);
                assert_eq!(from, now, "booking {id}");
                assert!(is_legal(from, status(to)), "booking {id}: {from:?} -> {to}");
                now = Some(status(to));
            }
            assert_eq!(now, Some(status(&events[0].3)), "booking {}", events[0].0);
        }
    }
}
