//! The audit log: what administrators, owners and the command line changed of accounts, and
//! `GET /api/v1/audit`.

use std::net::Ipv6Addr;

use axum::extract::State;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service_kit::{
    http::{
        correlation,
        extract::ValidQuery,
        page::{self, DEFAULT_LIMIT},
        problem::Problem,
        reply::Listed,
    },
    str_enum,
};
use sqlx::{FromRow, MySqlConnection, types::Json};
use validator::Validate;

use super::{Account, Grant, sessions::Origin};
use crate::{AppState, error::Error};

str_enum! {
    /// What was done.
    #[schemars(rename = "AuditAction")]
    pub enum Action {
        /// An account was made on the command line.
        UserCreated = "USER_CREATED",
        /// An account was brought over with its hash, on the command line.
        UserImported = "USER_IMPORTED",
        /// Somebody got a role, or another airline with it.
        RoleGranted = "ROLE_GRANTED",
        /// Somebody lost a role.
        RoleRevoked = "ROLE_REVOKED",
        /// An account was disabled.
        UserDisabled = "USER_DISABLED",
        /// A disabled account was enabled.
        UserEnabled = "USER_ENABLED",
        /// Somebody changed their own password.
        PasswordChanged = "PASSWORD_CHANGED",
        /// Somebody chose another password by a link that was mailed.
        PasswordReset = "PASSWORD_RESET",
        /// Somebody changed their own e-mail address.
        EmailChanged = "EMAIL_CHANGED",
        /// Somebody asked to be erased.
        ErasureAsked = "ERASURE_ASKED",
        /// Something stood in the way.
        ErasureBlocked = "ERASURE_BLOCKED",
        /// Their account was erased.
        Erased = "ERASED",
    }
}

/// Who does something, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account.
    pub id: i64,
    /// Where its request comes from.
    pub origin: Origin,
}

impl Actor {
    /// An account whose request is carried out later: from nowhere, `::`.
    pub fn later(id: i64) -> Self {
        let origin = Origin {
            address: Ipv6Addr::UNSPECIFIED.into(),
            user_agent: String::new(),
        };
        Self { id, origin }
    }
}

/// Adds a line for an account that the command line makes, in the transaction that makes it.
pub async fn record_creation(
    connection: &mut MySqlConnection,
    action: Action,
    user: i64,
    first: &Grant,
) -> sqlx::Result<()> {
    let after = json!({"roles": [first.role], "airline": first.airline, "disabled": false});
    sqlx::query("INSERT INTO AuditLog (action, userId, `after`) VALUES (?, ?, ?)")
        .bind(action)
        .bind(user)
        .bind(Json(after))
        .execute(connection)
        .await?;
    Ok(())
}

/// What may change of an account, for `before` and `after`: nothing personal.
pub fn state(account: &Account) -> Value {
    json!({
        "roles": account.roles,
        "airline": account.airline,
        "disabled": account.disabled_at.is_some(),
    })
}

/// Adds a line in the transaction of the change itself.
pub async fn record(
    connection: &mut MySqlConnection,
    actor: &Actor,
    action: Action,
    user: i64,
    change: Option<(Value, Value)>,
) -> sqlx::Result<()> {
    let (before, after) = change.unzip();
    sqlx::query(
        "INSERT INTO AuditLog (actorId, action, userId, address, correlationId, `before`, `after`)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(actor.id)
    .bind(action)
    .bind(user)
    .bind(actor.origin.address.to_string())
    .bind(correlation::current().map(|current| current.id))
    .bind(before.map(Json))
    .bind(after.map(Json))
    .execute(connection)
    .await?;
    Ok(())
}

/// A line of the log.
#[derive(FromRow, JsonSchema, Serialize)]
#[sqlx(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuditEntry")]
pub struct Line {
    /// Id.
    id: i64,
    /// When, UTC.
    at: DateTime<Utc>,
    /// Who did it; nobody: the command line.
    actor_id: Option<i64>,
    /// What.
    action: Action,
    /// To whom.
    user_id: i64,
    /// From where.
    address: Option<String>,
    /// Finds the request in the logs.
    correlation_id: Option<String>,
    /// Roles, airline and whether it was disabled, before.
    #[schemars(with = "Option<Map<String, Value>>")]
    before: Option<Json<Value>>,
    /// The same after.
    #[schemars(with = "Option<Map<String, Value>>")]
    after: Option<Json<Value>>,
}

/// The query string.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    /// Only what was done to this account.
    #[validate(range(min = 1))]
    user_id: Option<i64>,
    /// Only what this account did.
    #[validate(range(min = 1))]
    actor_id: Option<i64>,
    /// The most items of the page; 20 unless it is given.
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// `page.next` of the page before.
    cursor: Option<String>,
}

/// `GET /api/v1/audit`: a page of the log, newest first.
pub async fn list(
    State(app): State<AppState>,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<Listed<Line>, Problem> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: i64 = page::position(filter.cursor.as_deref())?.unwrap_or(i64::MAX);
    let lines: Vec<Line> = sqlx::query_as(
        "SELECT id, at, actorId, action, userId, address, correlationId, `before`, `after`
         FROM AuditLog
         WHERE id < ? AND (? IS NULL OR userId = ?) AND (? IS NULL OR actorId = ?)
         ORDER BY id DESC LIMIT ?",
    )
    .bind(before)
    .bind(filter.user_id)
    .bind(filter.user_id)
    .bind(filter.actor_id)
    .bind(filter.actor_id)
    .bind(limit + 1)
    .fetch_all(&app.database)
    .await
    .map_err(Error::from)?;
    let (lines, next) = page::cut(lines, limit, |line| line.id);
    Ok(Listed::ok("Audit log found", lines, limit, next))
}
