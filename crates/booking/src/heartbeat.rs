//! What the work beside the requests did last, on every replica, and how far behind it is.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::MySqlPool;
use tokio::time::Instant;

use crate::error::Error;

/// Runs that did nothing new are written down this often.
const EVERY: Duration = Duration::from_secs(5);

/// The work that is shown, and a statement that says how much of it is due and for how many seconds.
const WORKERS: [(&str, &str); 3] = [
    (
        SWEEPER,
        "SELECT COUNT(*), TIMESTAMPDIFF(SECOND, MIN(expiresAt), NOW(6)) FROM Bookings
         WHERE status = 'INITIATED' AND seatState IN ('REQUESTED', 'HELD')
           AND expiresAt <= NOW(6)",
    ),
    (
        RECONCILER,
        "SELECT COUNT(*), TIMESTAMPDIFF(SECOND, MIN(nextCheckAt), NOW(6)) FROM Payments
         WHERE status = 'PROCESSING' AND nextCheckAt <= NOW(6)",
    ),
    (
        REFUNDS,
        "SELECT COUNT(*), TIMESTAMPDIFF(SECOND, MIN(nextCheckAt), NOW(6)) FROM Refunds
         WHERE status = 'PENDING' AND nextCheckAt <= NOW(6)",
    ),
];

/// Ends bookings: `expiry.rs`.
pub const SWEEPER: &str = "sweeper";
/// Finds out outcomes of payments: `payments/reconcile.rs`.
pub const RECONCILER: &str = "reconciler";
/// Drives refunds: `payments/refunds.rs`.
pub const REFUNDS: &str = "refunds";

/// Writes down what a worker of this replica does.
pub struct Heartbeat {
    pool: MySqlPool,
    worker: &'static str,
    replica: Arc<str>,
    failures: u32,
    written: Option<Instant>,
}

impl Heartbeat {
    /// Of this worker on this replica, a ULID.
    pub fn new(pool: MySqlPool, worker: &'static str, replica: Arc<str>) -> Self {
        Self {
            pool,
            worker,
            replica,
            failures: 0,
            written: None,
        }
    }

    /// A run ended: it dealt with so many things, or failed.
    pub async fn beat(&mut self, run: &Result<usize, Error>) {
        let work = run.as_ref().copied().unwrap_or(0);
        let failures = match run {
            Ok(_) => 0,
            Err(_) => self.failures.saturating_add(1),
        };
        let is_news = work > 0 || failures != self.failures;
        self.failures = failures;
        if is_news
            || self
                .written
                .is_none_or(|written| written.elapsed() >= EVERY)
        {
            self.write(work).await;
        }
    }

    async fn write(&mut self, work: usize) {
        let work = i64::try_from(work).unwrap_or(i64::MAX);
        let written = sqlx::query(
            "INSERT INTO Heartbeats (worker, replica, lastRunAt, lastWorkAt, lastWork, failures)
             VALUES (?, ?, NOW(6), IF(? > 0, NOW(6), NULL), ?, ?)
             ON DUPLICATE KEY UPDATE lastRunAt = NOW(6), failures = VALUES(failures),
               lastWorkAt = COALESCE(VALUES(lastWorkAt), lastWorkAt),
               lastWork = IF(VALUES(lastWork) > 0, VALUES(lastWork), lastWork)",
        )
        .bind(self.worker)
        .bind(&*self.replica)
        .bind(work)
        .bind(work)
        .bind(self.failures)
        .execute(&self.pool)
        .await;
        match written {
            Ok(_) => self.written = Some(Instant::now()),
            // The run itself has said so if the database is away.
            Err(error) => tracing::debug!(worker = self.worker, %error, "no heartbeat"),
        }
    }
}

/// A kind of work, on all replicas.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Worker {
    worker: &'static str,
    /// Things that are due and not dealt with.
    due: i64,
    /// For how many seconds the oldest of them has been.
    lag_seconds: i64,
    replicas: Vec<Replica>,
}

/// The same on one replica.
#[derive(Debug, PartialEq, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct Replica {
    /// ULID, made at its start.
    replica: String,
    last_run_at: DateTime<Utc>,
    last_work_at: Option<DateTime<Utc>>,
    /// How many things the last run that had something to do dealt with.
    last_work: i64,
    /// Runs that failed in a row.
    failures: u32,
}

/// All work, with the replicas that were there in the last ten minutes.
pub async fn workers(pool: &MySqlPool) -> sqlx::Result<Vec<Worker>> {
    let mut workers = vec![];
    for (worker, due) in WORKERS {
        let (due, lag): (i64, Option<i64>) = sqlx::query_as(due).fetch_one(pool).await?;
        let replicas = sqlx::query_as(
            "SELECT replica, lastRunAt, lastWorkAt, lastWork, failures FROM Heartbeats
             WHERE worker = ? AND lastRunAt > NOW(6) - INTERVAL 10 MINUTE ORDER BY replica",
        )
        .bind(worker)
        .fetch_all(pool)
        .await?;
        workers.push(Worker {
            worker,
            due,
            lag_seconds: lag.unwrap_or(0).max(0),
            replicas,
        });
    }
    Ok(workers)
}

/// Forgets replicas that have been gone for a day; how many lines that were.
pub async fn purge(pool: &MySqlPool) -> sqlx::Result<u64> {
    let sql = "DELETE FROM Heartbeats WHERE lastRunAt < NOW(6) - INTERVAL 1 DAY LIMIT 1000";
    Ok(sqlx::query(sql).execute(pool).await?.rows_affected())
}
