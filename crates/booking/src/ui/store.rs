//! The SQL of the outbox as it is shown and worked by operators.

use chrono::{DateTime, Utc};
use contracts::jobs::{Counts, Job, JobState, ListJobs, Paused, QueueState};
use service_kit::db;
use sqlx::{MySqlConnection, MySqlPool, types::Json};

/// Where a row stands, by its columns.
macro_rules! standing {
    () => {
        "CASE
           WHEN doneAt IS NOT NULL THEN 'done'
           WHEN leasedUntil >= NOW(6) THEN 'running'
           WHEN availableAt <= NOW(6) THEN 'waiting'
           WHEN failures > 0 THEN 'failed'
           ELSE 'delayed'
         END"
    };
}

macro_rules! select_jobs {
    ($rest:literal) => {
        concat!(
            "SELECT id, ",
            standing!(),
            " AS standing, topic, bookingId, attempts, createdAt, payload,
              COALESCE(doneAt, availableAt) AS at
             FROM Outbox ",
            $rest
        )
    };
}

/// A row of the outbox.
#[derive(sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct Row {
    id: String,
    standing: String,
    topic: String,
    booking_id: Option<i64>,
    attempts: u32,
    created_at: DateTime<Utc>,
    at: DateTime<Utc>,
    /// As it is, not masked.
    pub payload: Json<serde_json::Value>,
}

impl Row {
    /// As it is listed.
    pub fn job(&self) -> sqlx::Result<Job> {
        let template = self.payload["templateId"].as_str();
        Ok(Job {
            id: self.id.clone(),
            state: state_named(&self.standing)?,
            what: template.unwrap_or(&self.topic).to_owned(),
            booking_id: self.booking_id,
            attempts: self.attempts,
            created_at: self.created_at,
            at: self.at,
        })
    }
}

fn state_named(name: &str) -> sqlx::Result<JobState> {
    JobState::named(name).ok_or_else(|| sqlx::Error::Decode(format!("{name}: no state").into()))
}

/// A topic at a glance. Of what is done only the last minutes are counted: that is an index's end,
/// however much was ever done.
pub async fn state(pool: &MySqlPool, topic: &str) -> sqlx::Result<QueueState> {
    let mut counts = Counts::default();
    let by_state: Vec<(String, i64)> = sqlx::query_as(concat!(
        "SELECT ",
        standing!(),
        " AS standing, COUNT(*) FROM Outbox
         WHERE topic = ? AND (doneAt IS NULL OR doneAt > NOW(6) - INTERVAL 5 MINUTE)
         GROUP BY standing"
    ))
    .bind(topic)
    .fetch_all(pool)
    .await?;
    for (name, count) in by_state {
        *counts.of(state_named(&name)?) = count;
    }
    let (oldest, came, done): (Option<i64>, i64, i64) = sqlx::query_as(
        "SELECT TIMESTAMPDIFF(SECOND, MIN(IF(doneAt IS NULL, createdAt, NULL)), NOW(6)),
                CAST(COALESCE(SUM(createdAt > NOW(6) - INTERVAL 1 MINUTE), 0) AS SIGNED),
                CAST(COALESCE(SUM(doneAt > NOW(6) - INTERVAL 1 MINUTE), 0) AS SIGNED)
         FROM Outbox
         WHERE topic = ? AND (doneAt IS NULL OR doneAt > NOW(6) - INTERVAL 1 MINUTE)",
    )
    .bind(topic)
    .fetch_one(pool)
    .await?;
    Ok(QueueState {
        paused: paused(pool, topic).await?,
        counts,
        oldest_seconds: oldest.unwrap_or(0).max(0),
        came_last_minute: came,
        done_last_minute: done,
    })
}

async fn paused(pool: &MySqlPool, topic: &str) -> sqlx::Result<Option<Paused>> {
    let sql = "SELECT pausedAt, pausedBy FROM Pauses WHERE queue = ?";
    let row: Option<(DateTime<Utc>, i64)> =
        sqlx::query_as(sql).bind(topic).fetch_optional(pool).await?;
    Ok(row.map(|(since, by)| Paused { since, by }))
}

/// Greater than any ULID.
const AFTER_ALL: &str = "~";

/// A page of rows, newest first.
pub async fn list(pool: &MySqlPool, topic: &str, asked: &ListJobs) -> sqlx::Result<Vec<Row>> {
    let state = asked.state.map(JobState::name);
    let is_done = asked.state.map(|state| state == JobState::Done);
    sqlx::query_as(concat!(
        "SELECT * FROM (",
        select_jobs!("WHERE topic = ? AND id < ? AND (? IS NULL OR (doneAt IS NOT NULL) = ?)"),
        ") jobs WHERE ? IS NULL OR standing = ? ORDER BY id DESC LIMIT ?"
    ))
    .bind(topic)
    .bind(asked.before.as_deref().unwrap_or(AFTER_ALL))
    .bind(is_done)
    .bind(is_done)
    .bind(state)
    .bind(state)
    .bind(asked.limit)
    .fetch_all(pool)
    .await
}

/// A row.
pub async fn find(
    connection: &mut MySqlConnection,
    topic: &str,
    id: &str,
) -> sqlx::Result<Option<Row>> {
    sqlx::query_as(select_jobs!("WHERE topic = ? AND id = ?"))
        .bind(topic)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// A row that is for later is due now.
pub async fn retry(tx: &mut MySqlConnection, topic: &str, id: &str) -> sqlx::Result<u64> {
    let retried = sqlx::query(
        "UPDATE Outbox SET availableAt = NOW(6)
         WHERE id = ? AND topic = ? AND doneAt IS NULL AND availableAt > NOW(6)
           AND (leasedUntil IS NULL OR leasedUntil < NOW(6))",
    )
    .bind(id)
    .bind(topic)
    .execute(tx)
    .await?;
    Ok(retried.rows_affected())
}

/// All rows that failed are due now.
pub async fn retry_failed(tx: &mut MySqlConnection, topic: &str) -> sqlx::Result<u64> {
    let retried = sqlx::query(
        "UPDATE Outbox SET availableAt = NOW(6)
         WHERE topic = ? AND doneAt IS NULL AND availableAt > NOW(6) AND failures > 0
           AND (leasedUntil IS NULL OR leasedUntil < NOW(6))",
    )
    .bind(topic)
    .execute(tx)
    .await?;
    Ok(retried.rows_affected())
}

/// Stops the relays of a topic; 0 if they were.
pub async fn pause(tx: &mut MySqlConnection, topic: &str, by: i64) -> sqlx::Result<u64> {
    let paused = sqlx::query("INSERT INTO Pauses (queue, pausedBy) VALUES (?, ?)")
        .bind(topic)
        .bind(by)
        .execute(tx)
        .await;
    match paused {
        Ok(_) => Ok(1),
        Err(error) if db::is_duplicate(&error) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Lets the relays of a topic go on; 0 if they did.
pub async fn resume(tx: &mut MySqlConnection, topic: &str) -> sqlx::Result<u64> {
    let resumed = sqlx::query("DELETE FROM Pauses WHERE queue = ?")
        .bind(topic)
        .execute(tx)
        .await?;
    Ok(resumed.rows_affected())
}
