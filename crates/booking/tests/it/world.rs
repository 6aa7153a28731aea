//! The world of a test: booking, flights and the provider, each with its schema, and clients.

mod answer;
mod checks;
mod inventory;
pub mod person;

use reqwest::Method;
use serde_json::{Value, json};
use service_kit::{
    config::Env,
    testing::{Identities, Running, TestDatabase, eventually, free_port, http, redis_url},
};

use crate::network::Network;

pub use answer::Answer;
use answer::answer;

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
    env: Env,
    booking: Running,
    _running: Vec<Running>,
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
            ("SERVICE_JWKS", &callers),
            ("FLIGHT_SERVICE", &to_flights.url),
            ("PAYMENT_URL", &to_provider.url),
            // Nobody listens there: e-mails stay in the outbox.
            ("NOTIFICATION_SERVICE", "http://127.0.0.1:9"),
        ];
        pairs.extend(booking_settings);
        let env = Env::from_pairs(pairs);
        let booking = replica(&env).await;
        Self {
            flights_url: flights.url.clone(),
            bookings,
            flights: flights_db,
            ledger,
            to_flights,
            to_provider,
            redis,
            identities,
            env,
            booking,
            _running: vec![flights, provider],
        }
    }

    /// Another replica of booking.
    pub async fn replica(&self) -> Running {
        replica(&self.env).await
    }

    /// Stops booking as SIGTERM would and starts it again.
    pub async fn restart(&mut self) {
        let next = self.replica().await;
        let before = std::mem::replace(&mut self.booking, next);
        before.stop().await.unwrap();
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
        answer(request).await
    }

    /// Posts with a key, by a caller that waits so many milliseconds at most.
    pub async fn post_within(
        &self,
        milliseconds: u64,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Answer {
        let request = http().post(format!("{}{path}", self.booking.url));
        let request = request
            .bearer_auth(token)
            .header("x-request-timeout-ms", milliseconds)
            .header("x-correlation-id", "in-a-hurry")
            .header("x-idempotency-key", "hurry");
        answer(request.json(body)).await
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

    /// Waits for the first booking; its id.
    pub async fn first_booking(&self) -> i64 {
        let first = "SELECT COALESCE(MIN(id), 0) FROM Bookings";
        eventually("a booking is begun", async || self.count(first).await > 0).await;
        self.count(first).await
    }

    pub async fn captured(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM Charges WHERE state = 'CAPTURED'")
            .fetch_one(&self.ledger.admin)
            .await
            .unwrap()
    }
}

async fn replica(env: &Env) -> Running {
    let config = booking::Config::from_env(env).unwrap();
    Running::start(booking::build(config, free_port().await).await.unwrap())
}
