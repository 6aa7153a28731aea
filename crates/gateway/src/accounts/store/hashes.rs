//! All SQL of password hashes that stand alone.

use sqlx::{MySqlConnection, MySqlExecutor};

/// The stored hash of an account.
pub async fn hash_of(executor: impl MySqlExecutor<'_>, id: i64) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT passwordHash FROM `User` WHERE id = ?")
        .bind(id)
        .fetch_optional(executor)
        .await
}

/// Puts a new hash in the place of `old`; somebody else's newer one stays, and it is `false`.
pub async fn replace_hash(
    executor: impl MySqlExecutor<'_>,
    id: i64,
    old: &str,
    new: &str,
) -> sqlx::Result<bool> {
    let replaced =
        sqlx::query("UPDATE `User` SET passwordHash = ? WHERE id = ? AND passwordHash = ?")
            .bind(new)
            .bind(id)
            .bind(old)
            .execute(executor)
            .await?;
    Ok(replaced.rows_affected() > 0)
}

/// Puts a new hash in the place of whatever is there.
pub async fn set_hash(connection: &mut MySqlConnection, id: i64, hash: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE `User` SET passwordHash = ? WHERE id = ?")
        .bind(hash)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
