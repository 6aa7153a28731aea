//! Carries out what is due, as often as it takes.

use std::{sync::Arc, time::Duration};

use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use super::{Message, Outcome, Wake};
use crate::{db, http::correlation};

/// A relay that dies leaves its rows to others after this long, in seconds.
const LEASE_SECONDS: u32 = 30;
/// Rows leased at a time.
const BATCH: u32 = 64;
/// Without a wake-up the relay looks this often.
const POLL: Duration = Duration::from_secs(1);
/// The longest pause between two attempts.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// Carries out the messages of one topic.
pub struct Relay<H> {
    pool: MySqlPool,
    topic: &'static str,
    wake: Wake,
    handler: H,
    is_pausable: bool,
}

/// Acts upon a batch of messages; one outcome each, in order.
pub trait Handler: Send + Sync + 'static {
    /// Acts upon `batch`.
    fn handle(&self, batch: &[Message]) -> impl Future<Output = Vec<Outcome>> + Send;
}

impl<H: Handler> Relay<H> {
    /// A relay of `topic`.
    pub fn new(pool: MySqlPool, topic: &'static str, wake: Wake, handler: H) -> Self {
        Self {
            pool,
            topic,
            wake,
            handler,
            is_pausable: false,
        }
    }

    /// The same, which leases nothing while its topic is in `Pauses`. A batch that was begun is
    /// finished.
    pub fn pausable(self) -> Self {
        Self {
            is_pausable: true,
            ..self
        }
    }

    /// Relays until `stop`; a batch that was begun is finished.
    pub async fn run(self, stop: CancellationToken) {
        let wake = Arc::clone(&self.wake.0);
        while !stop.is_cancelled() {
            let woken = wake.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let found = self.relay_once().await.unwrap_or_else(|error| {
                tracing::warn!(topic = self.topic, %error, "the outbox cannot be read");
                0
            });
            if found < BATCH as usize {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = woken => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
    }

    /// Leases what is due, acts, stores the outcomes. Returns how many rows there were.
    pub async fn relay_once(&self) -> sqlx::Result<usize> {
        let lease = Ulid::new().to_string();
        let batch = self.lease_due(&lease).await?;
        if batch.is_empty() {
            return Ok(0);
        }
        let outcomes = self.handler.handle(&batch).await;
        for (message, outcome) in batch.iter().zip(outcomes) {
            let store = || store_outcome(&self.pool, message, &lease, outcome);
            match db::retry(store).await {
                Ok(()) => self.note(message, outcome).await,
                // Each of the others would wait for the database just as long.
                Err(error) if db::is_away(&error) => return Err(error),
                // It comes again when its lease ends; the others need not.
                Err(error) => {
                    tracing::warn!(message = message.id, %error, "an outcome could not be stored");
                }
            }
        }
        Ok(batch.len())
    }

    async fn note(&self, message: &Message, outcome: Outcome) {
        if outcome == Outcome::Done {
            let (topic, attempts) = (self.topic, message.attempts + 1);
            let note =
                async || tracing::info!(topic, message = message.id, attempts, "carried out");
            correlation::caused_by(message.cause(), note()).await;
        }
    }

    async fn lease_due(&self, lease: &str) -> sqlx::Result<Vec<Message>> {
        let leased = db::retry(|| async {
            let statement = match self.is_pausable {
                true => LEASE_UNLESS_PAUSED,
                false => LEASE,
            };
            let mut query = sqlx::query(statement)
                .bind(LEASE_SECONDS)
                .bind(lease)
                .bind(self.topic);
            if self.is_pausable {
                query = query.bind(self.topic);
            }
            query.bind(BATCH).execute(&self.pool).await
        })
        .await?;
        if leased.rows_affected() == 0 {
            return Ok(vec![]);
        }
        sqlx::query_as(
            "SELECT id, payload, correlationId AS correlation_id, attempts,
                    TIMESTAMPDIFF(SECOND, actedAt, NOW(6)) AS acted_seconds_ago
             FROM Outbox WHERE leaseToken = ? AND doneAt IS NULL ORDER BY id",
        )
        .bind(lease)
        .fetch_all(&self.pool)
        .await
    }
}

macro_rules! lease {
    ($unless:literal) => {
        concat!(
            "UPDATE Outbox SET leasedUntil = NOW(6) + INTERVAL ? SECOND, leaseToken = ?
             WHERE topic = ? AND doneAt IS NULL AND availableAt <= NOW(6)
               AND (leasedUntil IS NULL OR leasedUntil < NOW(6)) ",
            $unless,
            " ORDER BY availableAt LIMIT ?"
        )
    };
}

const LEASE: &str = lease!("");
const LEASE_UNLESS_PAUSED: &str = lease!("AND NOT EXISTS (SELECT 1 FROM Pauses WHERE queue = ?)");

async fn store_outcome(
    pool: &MySqlPool,
    message: &Message,
    lease: &str,
    outcome: Outcome,
) -> sqlx::Result<()> {
    let (done, acted, pause) = match outcome {
        Outcome::Done => (true, false, Duration::ZERO),
        Outcome::Acted(pause) => (false, true, pause),
        Outcome::Wait(pause) => (false, false, pause),
        Outcome::Failed => (false, false, backoff(message.attempts)),
    };
    // Guarded by the lease: who lost it may not speak for the row any more.
    sqlx::query(
        "UPDATE Outbox SET doneAt = IF(?, NOW(6), NULL), actedAt = IF(?, NOW(6), actedAt),
                attempts = attempts + 1, failures = IF(?, failures + 1, 0),
                leasedUntil = NULL, leaseToken = NULL,
                availableAt = NOW(6) + INTERVAL ? MICROSECOND
         WHERE id = ? AND leaseToken = ? AND doneAt IS NULL",
    )
    .bind(done)
    .bind(acted)
    .bind(outcome == Outcome::Failed)
    .bind(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX))
    .bind(&message.id)
    .bind(lease)
    .execute(pool)
    .await?;
    Ok(())
}

fn backoff(attempts: u32) -> Duration {
    Duration::from_millis(250)
        .saturating_mul(1 << attempts.min(8))
        .min(MAX_BACKOFF)
}
