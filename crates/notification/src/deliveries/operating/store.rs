//! The SQL of the ledger as it is shown and worked by operators.

use chrono::{DateTime, Utc};
use contracts::{
    jobs::{By, Counts, Job, JobDetail, JobState, ListJobs, Paused, QueueState},
    masking,
};
use service_kit::db;
use sqlx::{MySqlPool, types::Json};

use crate::deliveries::State;

/// Dead mails that are revived at a time.
pub const BATCH: u32 = 1_000;

/// Where a row stands, by its columns.
macro_rules! standing {
    () => {
        "CASE
           WHEN state = 'SENT' THEN 'done'
           WHEN state = 'SENDING' THEN 'running'
           WHEN state = 'DEAD' AND (discardedAt IS NOT NULL OR erasedAt IS NOT NULL) THEN 'discarded'
           WHEN state = 'DEAD' THEN 'dead'
           WHEN nextAttemptAt <= NOW(6) THEN 'waiting'
           WHEN attempts > 0 THEN 'failed'
           ELSE 'delayed'
         END"
    };
}

macro_rules! select_jobs {
    ($rest:literal) => {
        concat!(
            "SELECT jobId, ",
            standing!(),
            " AS standing, template, attempts, createdAt, payload, lastError,
              IF(state IN ('SENT', 'DEAD'), updatedAt, nextAttemptAt) AS at
             FROM Deliveries ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
struct Row {
    job_id: String,
    standing: String,
    template: String,
    attempts: u32,
    created_at: DateTime<Utc>,
    payload: Json<serde_json::Value>,
    last_error: Option<String>,
    at: DateTime<Utc>,
}

impl Row {
    fn job(&self) -> sqlx::Result<Job> {
        Ok(Job {
            id: self.job_id.clone(),
            state: state_named(&self.standing)?,
            what: self.template.clone(),
            booking_id: None,
            attempts: self.attempts,
            created_at: self.created_at,
            at: self.at,
        })
    }

    fn detail(self) -> sqlx::Result<JobDetail> {
        Ok(JobDetail {
            job: self.job()?,
            payload: masking::payload(&self.payload),
            last_error: self.last_error.as_deref().map(masking::text),
        })
    }
}

fn state_named(name: &str) -> sqlx::Result<JobState> {
    JobState::named(name).ok_or_else(|| sqlx::Error::Decode(format!("{name}: no state").into()))
}

/// The ledger at a glance. Of what is done only the last minutes are counted: that is an index's
/// end, however much was ever sent.
pub async fn state(pool: &MySqlPool) -> sqlx::Result<QueueState> {
    let mut counts = Counts::default();
    let by_state: Vec<(String, i64)> = sqlx::query_as(concat!(
        "SELECT ",
        standing!(),
        " AS standing, COUNT(*) FROM Deliveries
         WHERE state IN ('QUEUED', 'SENDING', 'DEAD')
            OR state = 'SENT' AND updatedAt > NOW(6) - INTERVAL 5 MINUTE
         GROUP BY standing"
    ))
    .fetch_all(pool)
    .await?;
    for (name, count) in by_state {
        *counts.of(state_named(&name)?) = count;
    }
    let (oldest, came, sent): (Option<i64>, i64, i64) = sqlx::query_as(
        "SELECT (SELECT TIMESTAMPDIFF(SECOND, MIN(createdAt), NOW(6)) FROM Deliveries
                 WHERE state IN ('QUEUED', 'SENDING')),
                (SELECT COUNT(*) FROM Deliveries
                 WHERE state IN ('QUEUED', 'SENDING') AND createdAt > NOW(6) - INTERVAL 1 MINUTE
                    OR state IN ('SENT', 'DEAD') AND updatedAt > NOW(6) - INTERVAL 1 MINUTE
                       AND createdAt > NOW(6) - INTERVAL 1 MINUTE),
                (SELECT COUNT(*) FROM Deliveries
                 WHERE state = 'SENT' AND updatedAt > NOW(6) - INTERVAL 1 MINUTE)",
    )
    .fetch_one(pool)
    .await?;
    Ok(QueueState {
        paused: paused(pool).await?,
        counts,
        oldest_seconds: oldest.unwrap_or(0).max(0),
        came_last_minute: came,
        done_last_minute: sent,
    })
}

/// Greater than any ULID.
const AFTER_ALL: &str = "~";

/// The column of those that stand so, for its index.
fn stored(state: JobState) -> State {
    match state {
        JobState::Waiting | JobState::Delayed | JobState::Failed => State::Queued,
        JobState::Running => State::Sending,
        JobState::Dead | JobState::Discarded => State::Dead,
        JobState::Done => State::Sent,
    }
}

/// A page of jobs, newest first.
pub async fn list(pool: &MySqlPool, asked: &ListJobs) -> sqlx::Result<Vec<Job>> {
    let state = asked.state.map(JobState::name);
    let stored = asked.state.map(stored);
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT * FROM (",
        select_jobs!("WHERE jobId < ? AND (? IS NULL OR state = ?)"),
        ") jobs WHERE ? IS NULL OR standing = ? ORDER BY jobId DESC LIMIT ?"
    ))
    .bind(asked.before.as_deref().unwrap_or(AFTER_ALL))
    .bind(stored)
    .bind(stored)
    .bind(state)
    .bind(state)
    .bind(asked.limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(Row::job).collect()
}

/// A job.
pub async fn find(pool: &MySqlPool, job_id: &str) -> sqlx::Result<Option<JobDetail>> {
    let row: Option<Row> = sqlx::query_as(select_jobs!("WHERE jobId = ?"))
        .bind(job_id)
        .fetch_optional(pool)
        .await?;
    row.map(Row::detail).transpose()
}

/// QUEUED or DEAD -> due now. A mail whose owner is erased is blank once it is DEAD, one that was
/// discarded shall not be sent.
pub async fn retry(pool: &MySqlPool, job_id: &str) -> sqlx::Result<bool> {
    let retried = sqlx::query(
        "UPDATE Deliveries SET requeuedAt = IF(state = 'DEAD', NOW(6), requeuedAt),
                state = 'QUEUED', nextAttemptAt = NOW(6)
         WHERE jobId = ? AND (state = 'QUEUED' AND nextAttemptAt > NOW(6)
            OR state = 'DEAD' AND discardedAt IS NULL AND erasedAt IS NULL)",
    )
    .bind(job_id)
    .execute(pool)
    .await?;
    Ok(retried.rows_affected() == 1)
}

/// QUEUED or DEAD -> DEAD, and no dead letter.
pub async fn discard(pool: &MySqlPool, job_id: &str) -> sqlx::Result<bool> {
    let discarded = sqlx::query(
        "UPDATE Deliveries SET state = 'DEAD', discardedAt = NOW(6)
         WHERE jobId = ? AND state IN ('QUEUED', 'DEAD') AND discardedAt IS NULL",
    )
    .bind(job_id)
    .execute(pool)
    .await?;
    Ok(discarded.rows_affected() == 1)
}

/// DEAD -> due now, [`BATCH`] at most; how many.
pub async fn replay(pool: &MySqlPool) -> sqlx::Result<u64> {
    let replayed = sqlx::query(
        "UPDATE Deliveries SET state = 'QUEUED', nextAttemptAt = NOW(6), requeuedAt = NOW(6)
         WHERE state = 'DEAD' AND discardedAt IS NULL AND erasedAt IS NULL LIMIT ?",
    )
    .bind(BATCH)
    .execute(pool)
    .await?;
    Ok(replayed.rows_affected())
}

/// Stops the senders; `false` if they were.
pub async fn pause(pool: &MySqlPool, by: By) -> sqlx::Result<bool> {
    let paused = sqlx::query("INSERT INTO Pauses (queue, pausedBy) VALUES ('mails', ?)")
        .bind(by.by)
        .execute(pool)
        .await;
    match paused {
        Ok(_) => Ok(true),
        Err(error) if db::is_duplicate(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Lets the senders go on; how many pauses there were.
pub async fn resume(pool: &MySqlPool) -> sqlx::Result<u64> {
    let resumed = sqlx::query("DELETE FROM Pauses WHERE queue = 'mails'")
        .execute(pool)
        .await?;
    Ok(resumed.rows_affected())
}

async fn paused(pool: &MySqlPool) -> sqlx::Result<Option<Paused>> {
    let row: Option<(DateTime<Utc>, i64)> =
        sqlx::query_as("SELECT pausedAt, pausedBy FROM Pauses WHERE queue = 'mails'")
            .fetch_optional(pool)
            .await?;
    Ok(row.map(|(since, by)| Paused { since, by }))
}
