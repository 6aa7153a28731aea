//! `GET /api/v1/users`: accounts by part of their address or name.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::http::{
    extract::ValidQuery,
    page::{self, DEFAULT_LIMIT},
    problem::Problem,
    reply::Listed,
};
use validator::Validate;

use crate::{
    AppState,
    accounts::{Account, Role, store},
    error::Error,
};

/// The query string.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// What address or name contain.
    #[validate(length(min = 1, max = 100))]
    q: Option<String>,
    /// Only who has it.
    role: Option<Role>,
    /// The most items of the page; 20 unless it is given.
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// `page.next` of the page before.
    cursor: Option<String>,
}

/// Answers 200 with a page of accounts by id.
pub async fn list(
    State(app): State<AppState>,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<Listed<Account>, Problem> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let after: i64 = page::position(filter.cursor.as_deref())?.unwrap_or(0);
    let text = filter.q.as_deref();
    let accounts = store::page(&app.database, text, filter.role, after, limit + 1)
        .await
        .map_err(Error::from)?;
    let (accounts, next) = page::cut(accounts, limit, |account| account.id);
    Ok(Listed::ok("Users found", accounts, limit, next))
}
