//! All SQL of accounts and their roles.

use chrono::{DateTime, Utc};
use service_kit::db;
use sqlx::{FromRow, MySql, MySqlConnection, MySqlExecutor, MySqlPool, Transaction};

use super::{Account, DisplayName, Email, Grant, Role};

/// An account with its hash, for sign-in alone.
pub struct Credentials {
    /// Who it is.
    pub account: Account,
    /// argon2id PHC string, or bcrypt.
    pub password_hash: String,
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct Row {
    id: i64,
    email: String,
    password_hash: String,
    name: String,
    disabled_at: Option<DateTime<Utc>>,
    roles: Option<String>,
    airline: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

macro_rules! select_where {
    ($condition:literal) => {
        concat!(
            "SELECT u.id, u.email, u.passwordHash, u.name, u.disabledAt, u.createdAt, u.updatedAt, ",
            "GROUP_CONCAT(r.name ORDER BY r.id) AS roles, MAX(ur.airline) AS airline ",
            "FROM `User` u LEFT JOIN `User_Roles` ur ON ur.userId = u.id ",
            "LEFT JOIN `Role` r ON r.id = ur.roleId WHERE ",
            $condition,
            " GROUP BY u.id, u.email, u.passwordHash, u.name, u.disabledAt, u.createdAt, u.updatedAt"
        )
    };
}

impl Row {
    fn credentials(self) -> sqlx::Result<Credentials> {
        let names = self.roles.unwrap_or_default();
        let roles = names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(str::parse)
            .collect::<Result<Vec<Role>, _>>()
            .map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Credentials {
            account: Account {
                id: self.id,
                name: self.name,
                email: self.email,
                roles,
                airline: self.airline,
                disabled_at: self.disabled_at,
                created_at: self.created_at,
                updated_at: self.updated_at,
            },
            password_hash: self.password_hash,
        })
    }
}

/// The account with this id.
pub async fn find(executor: impl MySqlExecutor<'_>, id: i64) -> sqlx::Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(select_where!("u.id = ?"))
        .bind(id)
        .fetch_optional(executor)
        .await?;
    Ok(row
        .map(Row::credentials)
        .transpose()?
        .map(|found| found.account))
}

/// Locks an account for a change of what it may do; `false` if there is none.
pub async fn lock(connection: &mut MySqlConnection, id: i64) -> sqlx::Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("SELECT id FROM `User` WHERE id = ? FOR UPDATE")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

/// The account with this id, locked.
pub async fn find_locked(
    connection: &mut MySqlConnection,
    id: i64,
) -> sqlx::Result<Option<Account>> {
    match lock(connection, id).await? {
        true => find(connection, id).await,
        false => Ok(None),
    }
}

/// Locks all administrators who can sign in, so that two cannot remove each other; how many there
/// are besides `id`.
pub async fn lock_administrators_but(
    connection: &mut MySqlConnection,
    id: i64,
) -> sqlx::Result<usize> {
    let administrators: Vec<i64> = sqlx::query_scalar(
        "SELECT u.id FROM `User` u JOIN `User_Roles` ur ON ur.userId = u.id
         JOIN `Role` r ON r.id = ur.roleId
         WHERE r.name = 'ADMIN' AND u.disabledAt IS NULL ORDER BY u.id FOR UPDATE",
    )
    .fetch_all(connection)
    .await?;
    Ok(administrators.iter().filter(|admin| **admin != id).count())
}

/// A page of accounts above the id `after`, by id: with `text` in their address or name, with
/// `role`.
pub async fn page(
    executor: impl MySqlExecutor<'_>,
    text: Option<&str>,
    role: Option<Role>,
    after: i64,
    limit: u32,
) -> sqlx::Result<Vec<Account>> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        select_where!(
            "u.id > ? AND (? IS NULL OR LOCATE(?, u.email) > 0 OR LOCATE(?, u.name) > 0)
             AND (? IS NULL OR EXISTS (SELECT 1 FROM `User_Roles` x JOIN `Role` y ON y.id = x.roleId
                                       WHERE x.userId = u.id AND y.name = ?))"
        ),
        " ORDER BY u.id LIMIT ?"
    ))
    .bind(after)
    .bind(text)
    .bind(text.map(str::to_lowercase))
    .bind(text)
    .bind(role)
    .bind(role)
    .bind(limit)
    .fetch_all(executor)
    .await?;
    let account = |row: Row| row.credentials().map(|found| found.account);
    rows.into_iter().map(account).collect()
}

/// Disables an account or enables it.
pub async fn set_disabled(
    connection: &mut MySqlConnection,
    id: i64,
    disabled: bool,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE `User` SET disabledAt = IF(?, NOW(6), NULL) WHERE id = ?")
        .bind(disabled)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a role away.
pub async fn revoke(connection: &mut MySqlConnection, id: i64, role: Role) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM `User_Roles` WHERE userId = ?
         AND roleId = (SELECT id FROM `Role` WHERE name = ?)",
    )
    .bind(id)
    .bind(role)
    .execute(connection)
    .await?;
    Ok(())
}

/// The account with this address, and its hash.
pub async fn credentials(
    executor: impl MySqlExecutor<'_>,
    email: &Email,
) -> sqlx::Result<Option<Credentials>> {
    let row: Option<Row> = sqlx::query_as(select_where!("u.email = ?"))
        .bind(email.as_str())
        .fetch_optional(executor)
        .await?;
    row.map(Row::credentials).transpose()
}

/// Adds an account with its first role; `None` if the address is taken.
pub async fn insert(
    pool: &MySqlPool,
    email: &Email,
    name: &DisplayName,
    password_hash: &str,
    first: &Grant,
) -> sqlx::Result<Option<i64>> {
    let mut transaction = pool.begin().await?;
    let id = insert_within(&mut transaction, email, name, password_hash, first).await?;
    if id.is_some() {
        transaction.commit().await?;
    }
    Ok(id)
}

/// [`insert`] as part of a larger transaction.
pub async fn insert_within(
    transaction: &mut Transaction<'_, MySql>,
    email: &Email,
    name: &DisplayName,
    password_hash: &str,
    first: &Grant,
) -> sqlx::Result<Option<i64>> {
    let inserted = sqlx::query("INSERT INTO `User` (email, passwordHash, name) VALUES (?, ?, ?)")
        .bind(email.as_str())
        .bind(password_hash)
        .bind(name.as_str())
        .execute(&mut **transaction)
        .await;
    let id = match inserted {
        Ok(done) => {
            i64::try_from(done.last_insert_id()).map_err(|e| sqlx::Error::Decode(e.into()))?
        }
        Err(error) if db::is_duplicate(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    grant(transaction, id, first).await?;
    Ok(Some(id))
}

/// Gives a role; one that is there already only changes its airline. `false` if there is no such
/// account.
pub async fn grant(
    connection: &mut MySqlConnection,
    user_id: i64,
    grant: &Grant,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO `User_Roles` (userId, roleId, airline) \
         SELECT ?, r.id, ? FROM `Role` r WHERE r.name = ? \
         ON DUPLICATE KEY UPDATE airline = ?",
    )
    .bind(user_id)
    .bind(&grant.airline)
    .bind(grant.role)
    .bind(&grant.airline)
    .execute(connection)
    .await;
    match inserted {
        Ok(done) if done.rows_affected() > 0 => Ok(true),
        // The migrations bring every role.
        Ok(_) => Err(sqlx::Error::RowNotFound),
        Err(error) if db::is_referenced(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

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
