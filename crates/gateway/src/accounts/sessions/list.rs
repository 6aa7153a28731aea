//! `GET /api/v1/sessions`: where the caller is signed in.

use axum::extract::State;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use service_kit::http::{
    extract::ValidQuery,
    layers::CallerSession,
    page::{self, DEFAULT_LIMIT},
    problem::Problem,
    reply::Listed,
};
use validator::Validate;

use super::store;
use crate::{AppState, error::Error};

/// Above every ULID.
const LAST: &str = "~";

/// The query string.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The most items of the page; 20 unless it is given.
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// `page.next` of the page before.
    cursor: Option<String>,
}

/// A session that lives.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// ULID.
    id: String,
    /// When it began, UTC.
    created_at: DateTime<Utc>,
    /// When it was last refreshed, UTC.
    last_used_at: DateTime<Utc>,
    /// When it ends unless it is refreshed before, UTC.
    expires_at: DateTime<Utc>,
    /// Where it was begun.
    address: String,
    /// By what it was begun.
    user_agent: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// Answers 200 with a page of sessions, newest first.
pub async fn list(
    State(app): State<AppState>,
    CallerSession(caller): CallerSession,
    ValidQuery(paging): ValidQuery<Paging>,
) -> Result<Listed<Session>, Problem> {
    let limit = paging.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<String> = page::position(paging.cursor.as_deref())?;
    let before = before.as_deref().unwrap_or(LAST);
    let rows = store::page_of_user(&app.database, caller.user.id, before, limit + 1)
        .await
        .map_err(Error::from)?;
    let (rows, next) = page::cut(rows, limit, |row| row.sid.clone());
    let sessions = rows.into_iter().map(|row| Session {
        current: *row.sid == *caller.session,
        id: row.sid,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        address: row.address,
        user_agent: row.user_agent,
    });
    Ok(Listed::ok(
        "Sessions found",
        sessions.collect(),
        limit,
        next,
    ))
}
