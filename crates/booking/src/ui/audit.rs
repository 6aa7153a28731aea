//! The audit log: who did what to which queue or job, and `GET /ui/api/audit`.

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use service_kit::{
    http::{
        correlation,
        extract::ValidQuery,
        page::{self, DEFAULT_LIMIT},
        reply::Listed,
    },
    str_enum,
};
use sqlx::MySqlConnection;
use validator::Validate;

use super::Queue;
use crate::{AppState, error::Error};

str_enum! {
    /// What was done.
    pub enum Action {
        /// A job is to be tried again now.
        Retry = "RETRY",
        /// A mail was given up.
        Discard = "DISCARD",
        /// All that failed or is dead is to be tried again now.
        Replay = "REPLAY",
        /// A queue was stopped.
        Pause = "PAUSE",
        /// A queue goes on.
        Resume = "RESUME",
    }
}

str_enum! {
    /// What came of it.
    pub enum Outcome {
        /// Another service is asked to do it.
        Asked = "ASKED",
        /// It is done.
        Done = "DONE",
        /// It cannot be done.
        Refused = "REFUSED",
        /// The other service did not answer: it may be done or not.
        Unknown = "UNKNOWN",
    }
}

/// What somebody does.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// Account.
    pub actor: i64,
    /// What.
    pub action: Action,
    /// To which queue.
    pub queue: Queue,
    /// To which job of it; `None` is all of it.
    pub job: Option<&'a str>,
}

/// Adds a line.
pub async fn record(
    connection: &mut MySqlConnection,
    deed: Deed<'_>,
    outcome: Outcome,
    changed: Option<u64>,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO AuditLog (actorId, action, queue, jobId, outcome, changed, correlationId)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(deed.actor)
    .bind(deed.action)
    .bind(deed.queue)
    .bind(deed.job)
    .bind(outcome)
    .bind(changed.map(|changed| i64::try_from(changed).unwrap_or(i64::MAX)))
    .bind(correlation::current().map(|current| current.id))
    .execute(connection)
    .await?;
    Ok(())
}

/// A line.
#[derive(Serialize, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Line {
    id: i64,
    at: DateTime<Utc>,
    actor_id: i64,
    action: Action,
    queue: Queue,
    job_id: Option<String>,
    outcome: Outcome,
    changed: Option<i64>,
    correlation_id: Option<String>,
}

/// The query string.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ListAudit {
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The handler: newest first.
pub async fn list(
    State(app): State<AppState>,
    ValidQuery(query): ValidQuery<ListAudit>,
) -> Result<Listed<Line>, Error> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let before: i64 = page::position(query.cursor.as_deref())?.unwrap_or(i64::MAX);
    let lines: Vec<Line> = sqlx::query_as(
        "SELECT id, at, actorId, action, queue, jobId, outcome, changed, correlationId
         FROM AuditLog WHERE id < ? ORDER BY id DESC LIMIT ?",
    )
    .bind(before)
    .bind(limit + 1)
    .fetch_all(&app.pool)
    .await?;
    let (lines, next) = page::cut(lines, limit, |line| line.id);
    Ok(Listed::ok("Audit log found", lines, limit, next))
}
