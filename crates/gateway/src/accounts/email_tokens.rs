//! Tokens of links in e-mails: good once, for one purpose, for a while. Whoever issues, uses or
//! voids them has the account's lock.

use service_kit::str_enum;
use sqlx::{MySqlConnection, MySqlPool};

use super::opaque::OpaqueToken;

/// Tokens stay so long after they expired, in days.
const KEPT_DAYS: u32 = 1;

str_enum! {
    /// What a token is for.
    pub enum Purpose {
        /// Its holder reads what is sent to the address.
        Verify = "VERIFY",
        /// Its holder may choose another password.
        Reset = "RESET",
    }
}

impl Purpose {
    /// How long a token lives; the e-mails say so.
    fn lifetime_seconds(self) -> u32 {
        match self {
            Self::Verify => 24 * 3600,
            Self::Reset => 30 * 60,
        }
    }
}

/// Makes a token for an account.
pub async fn issue(
    connection: &mut MySqlConnection,
    user: i64,
    purpose: Purpose,
) -> sqlx::Result<OpaqueToken> {
    let token = OpaqueToken::random();
    sqlx::query(
        "INSERT INTO EmailTokens (hash, userId, purpose, expiresAt)
         VALUES (?, ?, ?, NOW(6) + INTERVAL ? SECOND)",
    )
    .bind(token.hash())
    .bind(user)
    .bind(purpose)
    .bind(purpose.lifetime_seconds())
    .execute(connection)
    .await?;
    Ok(token)
}

/// How many tokens were made for an account in the last `seconds`.
pub async fn issued_within(
    connection: &mut MySqlConnection,
    user: i64,
    purpose: Purpose,
    seconds: u32,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM EmailTokens
         WHERE userId = ? AND purpose = ? AND createdAt > NOW(6) - INTERVAL ? SECOND",
    )
    .bind(user)
    .bind(purpose)
    .bind(seconds)
    .fetch_one(connection)
    .await
}

/// Whose token it is, if it is good. Only [`use_up`] decides.
pub async fn holder(
    pool: &MySqlPool,
    token: &OpaqueToken,
    purpose: Purpose,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "SELECT userId FROM EmailTokens
         WHERE hash = ? AND purpose = ? AND usedAt IS NULL AND expiresAt > NOW(6)",
    )
    .bind(token.hash())
    .bind(purpose)
    .fetch_optional(pool)
    .await
}

/// Uses a token up; `false` if it is not good any more.
pub async fn use_up(
    connection: &mut MySqlConnection,
    token: &OpaqueToken,
    purpose: Purpose,
) -> sqlx::Result<bool> {
    let used = sqlx::query(
        "UPDATE EmailTokens SET usedAt = NOW(6)
         WHERE hash = ? AND purpose = ? AND usedAt IS NULL AND expiresAt > NOW(6)",
    )
    .bind(token.hash())
    .bind(purpose)
    .execute(connection)
    .await?;
    Ok(used.rows_affected() > 0)
}

/// Takes all tokens of an account back, or those for one purpose.
pub async fn void(
    connection: &mut MySqlConnection,
    user: i64,
    purpose: Option<Purpose>,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE EmailTokens SET usedAt = NOW(6)
         WHERE userId = ? AND (? IS NULL OR purpose = ?) AND usedAt IS NULL",
    )
    .bind(user)
    .bind(purpose)
    .bind(purpose)
    .execute(connection)
    .await?;
    Ok(())
}

/// Purges what expired yesterday, 1,000 at most; how many went.
pub async fn purge(pool: &MySqlPool) -> sqlx::Result<u64> {
    let purged =
        sqlx::query("DELETE FROM EmailTokens WHERE expiresAt < NOW(6) - INTERVAL ? DAY LIMIT 1000")
            .bind(KEPT_DAYS)
            .execute(pool)
            .await?;
    Ok(purged.rows_affected())
}
