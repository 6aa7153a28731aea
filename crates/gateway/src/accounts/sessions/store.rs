//! All SQL of sessions and their refresh tokens. Whoever changes what an account may do locks the
//! account first and then its sessions; a session is opened under the account's lock and refreshed
//! under its own. So no token says what was true before a change that has been answered.

use chrono::{DateTime, Utc};
use service_kit::{db, identity::revocations::Revocation};
use sqlx::{FromRow, MySqlConnection, MySqlPool};
use ulid::Ulid;

use super::{EndedBy, Live, Origin};
use crate::accounts::{Email, opaque::OpaqueToken, store as accounts};

/// What became of a refresh token.
#[derive(Debug)]
pub enum Refreshed {
    /// It was good, and is used up.
    Fresh(Box<Live>),
    /// It was used before: its session is over now.
    Reused(String),
    /// Nobody knows it, or its session is over.
    Unknown,
}

/// A session as its holder sees it.
#[derive(Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the columns are documented in the migration")]
pub struct Row {
    pub sid: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub address: String,
    pub user_agent: String,
}

/// Opens a session for an account, unless the account is gone, disabled or being erased.
pub async fn open(
    pool: &MySqlPool,
    user: i64,
    origin: &Origin,
    lifetime_seconds: u64,
) -> sqlx::Result<Option<Live>> {
    db::retry(|| open_once(pool, user, origin, lifetime_seconds)).await
}

async fn open_once(
    pool: &MySqlPool,
    user: i64,
    origin: &Origin,
    lifetime_seconds: u64,
) -> sqlx::Result<Option<Live>> {
    let mut transaction = pool.begin().await?;
    let now: Option<i64> = sqlx::query_scalar(
        "SELECT UNIX_TIMESTAMP() FROM `User`
             WHERE id = ? AND disabledAt IS NULL AND erasingSince IS NULL LOCK IN SHARE MODE",
    )
    .bind(user)
    .fetch_optional(&mut *transaction)
    .await?;
    let account = accounts::find(&mut *transaction, user).await?;
    let (Some(now), Some(account)) = (now, account) else {
        return Ok(None);
    };
    let (sid, refresh_token) = (Ulid::new().to_string(), OpaqueToken::random());
    sqlx::query(
        "INSERT INTO Sessions (sid, userId, expiresAt, address, userAgent)
         VALUES (?, ?, NOW(6) + INTERVAL ? SECOND, ?, ?)",
    )
    .bind(&sid)
    .bind(user)
    .bind(lifetime_seconds)
    .bind(origin.address.to_string())
    .bind(&origin.user_agent)
    .execute(&mut *transaction)
    .await?;
    add_token(&mut transaction, &sid, &refresh_token).await?;
    transaction.commit().await?;
    Ok(Some(Live {
        sid,
        account,
        issued_at: now.unsigned_abs(),
        refresh_token,
    }))
}

async fn add_token(
    connection: &mut MySqlConnection,
    sid: &str,
    token: &OpaqueToken,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO RefreshTokens (hash, sid) VALUES (?, ?)")
        .bind(token.hash())
        .bind(sid)
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses a refresh token up and gives the next one.
pub async fn refresh(
    pool: &MySqlPool,
    token: &OpaqueToken,
    lifetime_seconds: u64,
) -> sqlx::Result<Refreshed> {
    db::retry(|| refresh_once(pool, token, lifetime_seconds)).await
}

async fn refresh_once(
    pool: &MySqlPool,
    token: &OpaqueToken,
    lifetime_seconds: u64,
) -> sqlx::Result<Refreshed> {
    let mut transaction = pool.begin().await?;
    let sid: Option<String> = sqlx::query_scalar("SELECT sid FROM RefreshTokens WHERE hash = ?")
        .bind(token.hash())
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(sid) = sid else {
        return Ok(Refreshed::Unknown);
    };
    // From here on the session's row is locked.
    let lives = sqlx::query(
        "UPDATE Sessions SET lastUsedAt = NOW(6), expiresAt = NOW(6) + INTERVAL ? SECOND
         WHERE sid = ? AND endedAt IS NULL AND expiresAt > NOW(6)",
    )
    .bind(lifetime_seconds)
    .bind(&sid)
    .execute(&mut *transaction)
    .await?;
    if lives.rows_affected() == 0 {
        return Ok(Refreshed::Unknown);
    }
    let first_use =
        sqlx::query("UPDATE RefreshTokens SET usedAt = NOW(6) WHERE hash = ? AND usedAt IS NULL")
            .bind(token.hash())
            .execute(&mut *transaction)
            .await?;
    if first_use.rows_affected() == 0 {
        end_locked(&mut transaction, &sid, EndedBy::TokenReuse).await?;
        transaction.commit().await?;
        return Ok(Refreshed::Reused(sid));
    }
    let refresh_token = OpaqueToken::random();
    add_token(&mut transaction, &sid, &refresh_token).await?;
    let (user, issued_at): (i64, i64) = sqlx::query_as(
        "SELECT userId, GREATEST(UNIX_TIMESTAMP(), COALESCE(revokedBefore, 0))
         FROM Sessions WHERE sid = ?",
    )
    .bind(&sid)
    .fetch_one(&mut *transaction)
    .await?;
    let account = accounts::find(&mut *transaction, user).await?;
    let account = account.ok_or(sqlx::Error::RowNotFound)?;
    transaction.commit().await?;
    Ok(Refreshed::Fresh(Box::new(Live {
        sid,
        account,
        issued_at: issued_at.unsigned_abs(),
        refresh_token,
    })))
}

/// Ends one session of a user; `false` if there is no such live one.
pub async fn end(
    connection: &mut MySqlConnection,
    user: i64,
    sid: &str,
    by: EndedBy,
) -> sqlx::Result<bool> {
    let lives: Option<String> = sqlx::query_scalar(
        "SELECT sid FROM Sessions WHERE sid = ? AND userId = ? AND endedAt IS NULL FOR UPDATE",
    )
    .bind(sid)
    .bind(user)
    .fetch_optional(&mut *connection)
    .await?;
    match lives {
        Some(sid) => end_locked(connection, &sid, by).await.map(|()| true),
        None => Ok(false),
    }
}

async fn end_locked(connection: &mut MySqlConnection, sid: &str, by: EndedBy) -> sqlx::Result<()> {
    // One more second: a token may have been issued after a change of roles in this one.
    sqlx::query(
        "UPDATE Sessions SET endedAt = NOW(6), endedBy = ?, revokedAt = NOW(6),
                revokedBefore = UNIX_TIMESTAMP() + 2
         WHERE sid = ? AND endedAt IS NULL",
    )
    .bind(by)
    .bind(sid)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends all sessions of a user. The caller has the account's lock, or means those of now.
pub async fn end_all(connection: &mut MySqlConnection, user: i64, by: EndedBy) -> sqlx::Result<()> {
    for sid in lock_all(connection, user).await? {
        end_locked(connection, &sid, by).await?;
    }
    Ok(())
}

/// Takes the access tokens of a user's sessions back; the sessions live on and refresh. The caller
/// has the account's lock.
pub async fn take_tokens_back(connection: &mut MySqlConnection, user: i64) -> sqlx::Result<()> {
    lock_all(connection, user).await?;
    sqlx::query(
        "UPDATE Sessions SET revokedAt = NOW(6), revokedBefore = UNIX_TIMESTAMP() + 1
         WHERE userId = ? AND endedAt IS NULL",
    )
    .bind(user)
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks first, so that the statement after it reads the clock later than any refresh did.
async fn lock_all(connection: &mut MySqlConnection, user: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT sid FROM Sessions WHERE userId = ? AND endedAt IS NULL ORDER BY sid FOR UPDATE",
    )
    .bind(user)
    .fetch_all(connection)
    .await
}

/// A page of a user's live sessions, newest first, below `before`.
pub async fn page_of_user(
    pool: &MySqlPool,
    user: i64,
    before: &str,
    limit: u32,
) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "SELECT sid, createdAt, lastUsedAt, expiresAt, address, userAgent FROM Sessions
         WHERE userId = ? AND endedAt IS NULL AND expiresAt > NOW(6) AND sid < ?
         ORDER BY sid DESC LIMIT ?",
    )
    .bind(user)
    .bind(before)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Where the account with this e-mail address signed in, the latest first: up to a thousand times of
/// those that are still known.
pub async fn addresses(pool: &MySqlPool, email: &Email) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT s.address FROM Sessions s JOIN `User` u ON u.id = s.userId
         WHERE u.email = ? ORDER BY s.sid DESC LIMIT 1000",
    )
    .bind(email.as_str())
    .fetch_all(pool)
    .await
}

/// What is taken back and could still be good: tokens live so long.
pub async fn revoked(
    pool: &MySqlPool,
    token_seconds: u64,
) -> sqlx::Result<Vec<(String, Revocation)>> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT sid, revokedBefore, CAST(UNIX_TIMESTAMP(revokedAt) AS SIGNED) FROM Sessions
         WHERE revokedAt > NOW(6) - INTERVAL ? SECOND",
    )
    .bind(token_seconds)
    .fetch_all(pool)
    .await?;
    let read = |(sid, before, at): (String, i64, i64)| {
        let (before, until) = (before.unsigned_abs(), at.unsigned_abs() + token_seconds);
        (sid, Revocation { before, until })
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Forgets what ended or was used up long ago, at most a thousand of each.
pub async fn purge(pool: &MySqlPool, days: u32) -> sqlx::Result<()> {
    for statement in [
        "DELETE FROM Sessions WHERE expiresAt < NOW(6) - INTERVAL ? DAY LIMIT 1000",
        "DELETE FROM RefreshTokens WHERE usedAt < NOW(6) - INTERVAL ? DAY LIMIT 1000",
    ] {
        sqlx::query(statement).bind(days).execute(pool).await?;
    }
    Ok(())
}
