//! All SQL of the ledger.

use contracts::email::EmailJob;
use service_kit::db;
use sqlx::{MySqlPool, types::Json};

use super::{Delivery, LEASE, Outcome, State, pause_after};

/// An e-mail that could not be sent for this long, since it came or was revived, is given up.
const GIVEN_UP_AFTER_HOURS: u32 = 24;
/// How much of an error is kept, in characters.
const ERROR_LENGTH: usize = 500;
/// How much of a template's name is kept for display, in characters.
const TEMPLATE_LENGTH: usize = 64;

/// What is left of a payload whose owner is erased: ids and the template.
macro_rules! blank {
    () => {
        "JSON_SET(payload, '$.to', '', '$.subject', '', '$.params', JSON_OBJECT())"
    };
}

/// Writes a job down; `false` if the ledger knows it.
pub async fn insert(pool: &MySqlPool, job: &EmailJob, message_id: &str) -> sqlx::Result<bool> {
    let template: String = job.template_id.chars().take(TEMPLATE_LENGTH).collect();
    let inserted = sqlx::query(
        "INSERT INTO Deliveries (jobId, template, payload, messageId) VALUES (?, ?, ?, ?)",
    )
    .bind(&job.job_id)
    .bind(template)
    .bind(Json(job))
    .bind(message_id)
    .execute(pool)
    .await;
    match inserted {
        Ok(_) => Ok(true),
        Err(error) if db::is_duplicate(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Rows whose next attempt is due, the longest waiting first; none while the senders are paused.
pub async fn due(pool: &MySqlPool, limit: u32) -> sqlx::Result<Vec<Delivery>> {
    sqlx::query_as(
        "SELECT jobId, template, payload, messageId, attempts FROM Deliveries
         WHERE state = 'QUEUED' AND nextAttemptAt <= NOW(6)
           AND NOT EXISTS (SELECT 1 FROM Pauses WHERE queue = 'mails')
         ORDER BY nextAttemptAt LIMIT ?",
    )
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Rows whose worker has not said in time what became of them; none while the senders are paused.
pub async fn leases_run_out(pool: &MySqlPool, limit: u32) -> sqlx::Result<Vec<Delivery>> {
    sqlx::query_as(
        "SELECT jobId, template, payload, messageId, attempts FROM Deliveries
         WHERE state = 'SENDING' AND leasedUntil < NOW(6)
           AND NOT EXISTS (SELECT 1 FROM Pauses WHERE queue = 'mails')
         ORDER BY leasedUntil LIMIT ?",
    )
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Claims a row under a lease; `false` if somebody was faster, or has paused the senders.
pub async fn claim(pool: &MySqlPool, delivery: &Delivery) -> sqlx::Result<bool> {
    let claimed = sqlx::query(
        "UPDATE Deliveries SET state = 'SENDING', attempts = attempts + 1,
                leasedUntil = NOW(6) + INTERVAL ? SECOND
         WHERE jobId = ? AND attempts = ?
           AND (state = 'QUEUED' AND nextAttemptAt <= NOW(6)
                OR state = 'SENDING' AND leasedUntil < NOW(6))
           AND NOT EXISTS (SELECT 1 FROM Pauses WHERE queue = 'mails')",
    )
    .bind(LEASE.as_secs())
    .bind(&delivery.job_id)
    .bind(delivery.attempts)
    .execute(pool)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Stores what became of a claim; `false` if the claim was lost in the meantime.
pub async fn settle(pool: &MySqlPool, claim: &Delivery, outcome: &Outcome) -> sqlx::Result<bool> {
    let (state, error) = match outcome {
        Outcome::Accepted => (State::Sent, None),
        Outcome::Transient(error) => (State::Queued, Some(error)),
        Outcome::Permanent(error) => (State::Dead, Some(error)),
    };
    let error = error.map(|error| error.chars().take(ERROR_LENGTH).collect::<String>());
    // A mail of somebody who was erased while it was on its way is blank when that ends.
    let settled = sqlx::query(concat!(
        "UPDATE Deliveries
         SET payload = IF(erasedAt IS NULL
                            OR ? = 'QUEUED'
                               AND COALESCE(requeuedAt, createdAt) >= NOW(6) - INTERVAL ? HOUR,
                          payload, ",
        blank!(),
        "),
             lastError = IF(erasedAt IS NULL, ?, NULL),
             state = IF(? = 'QUEUED'
                        AND COALESCE(requeuedAt, createdAt) < NOW(6) - INTERVAL ? HOUR, 'DEAD', ?),
             leasedUntil = NULL, nextAttemptAt = NOW(6) + INTERVAL ? SECOND
         WHERE jobId = ? AND state = 'SENDING' AND attempts = ?"
    ))
    .bind(state)
    .bind(GIVEN_UP_AFTER_HOURS)
    .bind(error)
    .bind(state)
    .bind(GIVEN_UP_AFTER_HOURS)
    .bind(state)
    .bind(pause_after(claim.attempts).as_secs())
    .bind(&claim.job_id)
    .bind(claim.attempts)
    .execute(pool)
    .await?;
    Ok(settled.rows_affected() == 1)
}

/// How many rows are in this state, and the age of the oldest in microseconds. What was discarded,
/// or is blank since its owner was erased, is no dead letter.
pub async fn waiting(pool: &MySqlPool, state: State) -> sqlx::Result<(i64, Option<i64>)> {
    sqlx::query_as(
        "SELECT COUNT(*), TIMESTAMPDIFF(MICROSECOND, MIN(createdAt), NOW(6))
         FROM Deliveries
         WHERE state = ? AND (state <> 'DEAD' OR discardedAt IS NULL AND erasedAt IS NULL)",
    )
    .bind(state)
    .fetch_one(pool)
    .await
}

/// Where the jobs with these ids stand; unknown ones are left out.
pub async fn find(pool: &MySqlPool, job_ids: &[String]) -> sqlx::Result<Vec<(String, State)>> {
    // One text for any number of ids. STRAIGHT_JOIN: look the ids up, never read the whole table.
    sqlx::query_as(
        "SELECT d.jobId, d.state
         FROM JSON_TABLE(?, '$[*]' COLUMNS (jobId VARCHAR(26) PATH '$')) asked
         STRAIGHT_JOIN Deliveries d
           ON d.jobId = CONVERT(asked.jobId USING ascii) COLLATE ascii_bin",
    )
    .bind(Json(job_ids))
    .fetch_all(pool)
    .await
}

/// Blanks the mails of a user: those that have ended now, those that are on their way when they
/// have. What was blanked before stays as it is.
pub async fn erase(pool: &MySqlPool, user: i64) -> sqlx::Result<()> {
    sqlx::query(concat!(
        "UPDATE Deliveries
         SET payload = IF(state IN ('SENT', 'DEAD'), ",
        blank!(),
        ", payload), lastError = NULL, erasedAt = NOW(6)
         WHERE userId = ? AND erasedAt IS NULL"
    ))
    .bind(user)
    .execute(pool)
    .await?;
    Ok(())
}

/// Purges ended rows that are older than any copy of their job can be, 1,000 at most; how many
/// went.
pub async fn purge(pool: &MySqlPool) -> sqlx::Result<u64> {
    let purged = sqlx::query(
        "DELETE FROM Deliveries
         WHERE state IN ('SENT', 'DEAD') AND updatedAt < NOW(6) - INTERVAL 90 DAY LIMIT 1000",
    )
    .execute(pool)
    .await?;
    Ok(purged.rows_affected())
}
