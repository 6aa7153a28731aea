//! The outbox: what a state change causes is written in its transaction, and a relay carries it
//! out afterwards, as often as it takes. The table, in each schema that has one:
//!
//! ```sql
//! CREATE TABLE Outbox (
//!   id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,  -- ULID
//!   topic VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
//!   payload JSON NOT NULL,
//!   correlationId VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- of the request
//!   attempts INT UNSIGNED NOT NULL DEFAULT 0,
//!   failures INT UNSIGNED NOT NULL DEFAULT 0,  -- in a row
//!   createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
//!   availableAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
//!   actedAt DATETIME(6) NULL,      -- when the relay last did something outside for this row
//!   leasedUntil DATETIME(6) NULL,
//!   leaseToken CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
//!   doneAt DATETIME(6) NULL,
//!   KEY due (topic, doneAt, availableAt), KEY lease (leaseToken))
//! ```
//!
//! Topics that an operator may stop have their pauses beside it, see [`Relay::pausable`]:
//!
//! ```sql
//! CREATE TABLE Pauses (
//!   queue VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,  -- the topic
//!   pausedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
//!   pausedBy BIGINT NOT NULL)                                                     -- account
//! ```
//!
//! Rows are leased by conditional update, not locked, so that any number of replicas relay. No
//! undone row is ever dropped.

mod courier;
mod depth;
mod queue;
mod relay;

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use sqlx::{MySqlConnection, MySqlPool, types::Json};
use tokio::sync::Notify;
use ulid::Ulid;

use crate::http::correlation;

pub use courier::Courier;
pub use depth::{METRICS, watch};
pub use relay::{Handler, Relay};

/// Done rows stay this many days.
const KEPT_DAYS: u32 = 7;

/// A row that is to be acted upon.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Message {
    /// ULID, the same at each attempt.
    pub id: String,
    /// What to act upon.
    pub payload: Json<serde_json::Value>,
    /// Correlation id of the request that caused it; `None` if no request did.
    pub correlation_id: Option<String>,
    /// Earlier attempts.
    pub attempts: u32,
    /// Seconds since the relay last acted outside for this row; `None` if it never did.
    pub acted_seconds_ago: Option<i64>,
}

impl Message {
    /// The correlation id of all that is done for it: the request's, else its own id.
    pub fn cause(&self) -> String {
        self.correlation_id
            .clone()
            .unwrap_or_else(|| self.id.clone())
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Carried out: the row is done.
    Done,
    /// Something was done outside that is to be checked after this long.
    Acted(Duration),
    /// Nothing could be done yet: look again after this long.
    Wait(Duration),
    /// It failed: again after an exponential pause of at most 60 s.
    Failed,
}

/// Writes a message in the transaction of the change that causes it; its id.
pub async fn enqueue(
    transaction: &mut MySqlConnection,
    topic: &str,
    payload: &impl Serialize,
) -> sqlx::Result<String> {
    enqueue_after(transaction, topic, payload, Duration::ZERO).await
}

/// [`enqueue`] of what is not to be carried out before `delay` has passed.
pub async fn enqueue_after(
    transaction: &mut MySqlConnection,
    topic: &str,
    payload: &impl Serialize,
    delay: Duration,
) -> sqlx::Result<String> {
    let id = Ulid::new().to_string();
    sqlx::query(
        "INSERT INTO Outbox (id, topic, payload, correlationId, availableAt)
         VALUES (?, ?, ?, ?, NOW(6) + INTERVAL ? MICROSECOND)",
    )
    .bind(&id)
    .bind(topic)
    .bind(Json(payload))
    .bind(correlation::current().map(|current| current.id))
    .bind(i64::try_from(delay.as_micros()).unwrap_or(i64::MAX))
    .execute(transaction)
    .await?;
    Ok(id)
}

/// Wakes the relays of this process after a commit.
#[derive(Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Something was enqueued and committed.
    pub fn notify(&self) {
        self.0.notify_waiters();
    }

    /// Resolves at the next [`Self::notify`].
    pub async fn notified(&self) {
        self.0.notified().await;
    }
}

/// Purges done rows older than seven days, 1,000 at most; how many went.
pub async fn purge(pool: &MySqlPool) -> sqlx::Result<u64> {
    let purged =
        sqlx::query("DELETE FROM Outbox WHERE doneAt < NOW(6) - INTERVAL ? DAY LIMIT 1000")
            .bind(KEPT_DAYS)
            .execute(pool)
            .await?;
    Ok(purged.rows_affected())
}
