//! The real service with its servers around it.

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use apalis::prelude::TaskSink;
use apalis_redis::RedisStorage;
use contracts::{
    Endpoint,
    email::{BookingEmail, BookingEmailFlight, DeliveriesClient, EmailJob, NOTIFICATION},
};
use notification::{MIGRATOR, build, config::Config, queue};
use redis::aio::ConnectionManager;
use serde_json::{Value, json};
use service_kit::{
    config::Env,
    testing::{Identities, Running, TestDatabase, closed_port, free_port, http, redis_url},
};
use sqlx::types::Json;
use ulid::Ulid;

use crate::sink::{Mail, Sink};

/// The servers around notification.
pub struct World {
    pub database: TestDatabase,
    pub identities: Arc<Identities>,
    pub sink: Sink,
    pub redis_url: String,
}

impl World {
    pub async fn create() -> Self {
        let world = Self::with_redis(redis_url()).await;
        let mut redis = world.redis().await;
        let _: () = redis::cmd("FLUSHDB")
            .query_async(&mut redis)
            .await
            .expect("a database of its own");
        world
    }

    pub async fn with_redis(redis_url: String) -> Self {
        Self {
            database: TestDatabase::create(&MIGRATOR).await,
            identities: Arc::new(Identities::create().await),
            sink: Sink::start().await,
            redis_url,
        }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.database.url.clone()),
            ("REDIS_URL", self.redis_url.clone()),
            ("JWKS_URL", self.identities.jwks_url.clone()),
            (
                "SERVICE_JWKS",
                self.identities.service_jwks.display().to_string(),
            ),
            ("SMTP_URL", self.sink.url()),
            ("MAIL_FROM", "Airside <bookings@airside.example>".to_owned()),
        ]
    }

    /// A replica in this process.
    pub async fn start(&self) -> Running {
        let config = Config::from_env(&Env::from_pairs(self.variables())).expect("it is good");
        let service = build(config, free_port().await).await.expect("it builds");
        Running::start(service)
    }

    /// A replica in a process of its own, to be killed.
    pub async fn spawn(&self) -> Process {
        let port = closed_port();
        let child = Command::new(env!("CARGO_BIN_EXE_notification"))
            .env("PORT", port.to_string())
            .envs(self.variables())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let url = format!("http://127.0.0.1:{port}");
        until("it is ready", 10, async || is_ready(&url).await).await;
        Process(child)
    }

    pub async fn redis(&self) -> ConnectionManager {
        apalis_redis::connect(self.redis_url.as_str())
            .await
            .expect("Redis answers")
    }

    /// Pushes a job as booking does.
    pub async fn push(&self, job: &EmailJob) {
        let mut queue =
            RedisStorage::<EmailJob>::new(self.redis().await).with_config(queue::config());
        queue.push(job.clone()).await.expect("pushed");
    }

    pub async fn push_all(&self, jobs: &[EmailJob]) {
        let mut queue =
            RedisStorage::<EmailJob>::new(self.redis().await).with_config(queue::config());
        for job in jobs {
            queue.push(job.clone()).await.expect("pushed");
        }
    }

    /// The row's payload.
    pub async fn payload(&self, job: &EmailJob) -> Value {
        let payload: Json<Value> =
            sqlx::query_scalar("SELECT payload FROM Deliveries WHERE jobId = ?")
                .bind(&job.job_id)
                .fetch_one(&self.database.admin)
                .await
                .expect("the ledger knows it");
        payload.0
    }

    /// State, attempts and last error of a job in the ledger.
    pub async fn row(&self, job: &EmailJob) -> Option<(String, u32, Option<String>)> {
        sqlx::query_as("SELECT state, attempts, lastError FROM Deliveries WHERE jobId = ?")
            .bind(&job.job_id)
            .fetch_optional(&self.database.admin)
            .await
            .expect("the ledger answers")
    }

    pub async fn state(&self, job: &EmailJob) -> Option<String> {
        self.row(job).await.map(|(state, ..)| state)
    }

    pub async fn until_state(&self, job: &EmailJob, state: &str) {
        until(&format!("the job is {state}"), 15, async || {
            self.state(job).await.as_deref() == Some(state)
        })
        .await;
    }

    pub async fn count(&self, state: &str) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM Deliveries WHERE state = ?")
            .bind(state)
            .fetch_one(&self.database.admin)
            .await
            .expect("the ledger answers")
    }

    /// Changes the ledger behind the service's back.
    pub async fn sql(&self, statement: &'static str, job: &EmailJob) {
        sqlx::query(statement)
            .bind(&job.job_id)
            .execute(&self.database.admin)
            .await
            .expect("a good statement");
    }

    pub async fn expire_lease(&self, job: &EmailJob) {
        self.sql(
            "UPDATE Deliveries SET leasedUntil = NOW(6) - INTERVAL 1 SECOND WHERE jobId = ?",
            job,
        )
        .await;
    }

    /// The job's next attempt is due now.
    pub async fn make_due(&self, job: &EmailJob) {
        self.sql(
            "UPDATE Deliveries SET nextAttemptAt = NOW(6) WHERE jobId = ?",
            job,
        )
        .await;
    }

    pub fn mails_of(&self, job: &EmailJob) -> Vec<Mail> {
        let id = format!("<{}@airside.example>", job.job_id);
        let mut mails = self.sink.mails();
        mails.retain(|mail| mail.header("Message-ID").as_deref() == Some(id.as_str()));
        mails
    }

    /// Booking's client of the ledger at replicas with these URLs.
    pub fn ledger(&self, urls: &[&str]) -> DeliveriesClient {
        let identities = Arc::clone(&self.identities);
        let tokens = Arc::new(move |audience: &str| identities.booking_token(audience));
        let http = (*http()).clone();
        DeliveriesClient::new(Endpoint::new(http, urls.to_vec(), NOTIFICATION, tokens))
    }
}

/// A replica that dies with this value.
pub struct Process(Child);

impl Process {
    /// SIGKILL.
    pub fn kill(self) {}
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("gone");
    }
}

pub async fn is_ready(url: &str) -> bool {
    let answer = http().get(format!("{url}/readyz")).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Waits until `condition` holds; panics with `what` after so many seconds.
pub async fn until<F>(what: &str, seconds: u64, mut condition: impl FnMut() -> F)
where
    F: Future<Output = bool>,
{
    for _ in 0..seconds * 50 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within {seconds} s: {what}");
}

/// A paid booking's mail.
pub fn job() -> EmailJob {
    let flight = |number: &str, from: &str, to: &str, seats| BookingEmailFlight {
        flight_number: number.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        departure: "Thu 24 Dec 2026 18:05".to_owned(),
        arrival: "Thu 24 Dec 2026 21:10".to_owned(),
        seats,
    };
    let params = BookingEmail {
        name: "Ann Example".to_owned(),
        reference: "ABC234".to_owned(),
        total: "USD 218.00".to_owned(),
        refunded: false,
        flights: vec![
            flight("AA100", "JFK", "LAX", 2),
            flight("AA7", "LAX", "HNL", 1),
        ],
    };
    EmailJob {
        job_id: Ulid::new().to_string(),
        to: "ann@example.test".to_owned(),
        subject: String::new(),
        template_id: "booking_success".to_owned(),
        params: json!(params),
        user_id: Some(7),
        correlation_id: Some("order-4711".to_owned()),
    }
}
