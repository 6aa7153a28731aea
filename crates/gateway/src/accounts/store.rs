//! All SQL of accounts; of their roles and password hashes in `store/`.

mod hashes;
mod roles;

use chrono::{DateTime, Utc};
use service_kit::db;
use sqlx::{FromRow, MySql, MySqlConnection, MySqlExecutor, Transaction};

use super::{Account, DisplayName, Email, Grant, Role};
use crate::error::Error;

pub use hashes::{hash_of, replace_hash, set_hash};
pub use roles::{grant, lock_administrators_but, revoke};

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
    email_verified_at: Option<DateTime<Utc>>,
    password_hash: String,
    name: String,
    disabled_at: Option<DateTime<Utc>>,
    erased_at: Option<DateTime<Utc>>,
    roles: Option<String>,
    airline: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

macro_rules! select_where {
    ($condition:literal) => {
        concat!(
            "SELECT u.id, u.email, u.emailVerifiedAt, u.passwordHash, u.name, u.disabledAt, ",
            "u.erasedAt, u.createdAt, u.updatedAt, ",
            "GROUP_CONCAT(r.name ORDER BY r.id) AS roles, MAX(ur.airline) AS airline ",
            "FROM `User` u LEFT JOIN `User_Roles` ur ON ur.userId = u.id ",
            "LEFT JOIN `Role` r ON r.id = ur.roleId WHERE ",
            $condition,
            " GROUP BY u.id, u.email, u.emailVerifiedAt, u.passwordHash, u.name, u.disabledAt, ",
            "u.erasedAt, u.createdAt, u.updatedAt"
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
                email_verified: self.email_verified_at.is_some(),
                roles,
                airline: self.airline,
                disabled_at: self.disabled_at,
                erased_at: self.erased_at,
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

/// Locks an account for a change; `false` if there is none, or its owner is erased.
pub async fn lock(connection: &mut MySqlConnection, id: i64) -> sqlx::Result<bool> {
    let sql = "SELECT id FROM `User` WHERE id = ? AND erasedAt IS NULL FOR UPDATE";
    let found: Option<i64> = sqlx::query_scalar(sql)
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

/// The account with this address, locked.
pub async fn find_by_email_locked(
    connection: &mut MySqlConnection,
    email: &Email,
) -> sqlx::Result<Option<Account>> {
    let id: Option<i64> = sqlx::query_scalar("SELECT id FROM `User` WHERE email = ? FOR UPDATE")
        .bind(email.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    match id {
        Some(id) => find(connection, id).await,
        None => Ok(None),
    }
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

/// The holder reads what is sent to the address.
pub async fn set_email_verified(connection: &mut MySqlConnection, id: i64) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE `User` SET emailVerifiedAt = COALESCE(emailVerifiedAt, NOW(6)) WHERE id = ?",
    )
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts another address in place, nobody's yet and not verified, if the hash is still `hash`.
pub async fn replace_email(
    connection: &mut MySqlConnection,
    id: i64,
    email: &Email,
    hash: &str,
) -> Result<bool, Error> {
    let replaced = sqlx::query(
        "UPDATE `User` SET email = ?, emailVerifiedAt = NULL WHERE id = ? AND passwordHash = ?",
    )
    .bind(email.as_str())
    .bind(id)
    .bind(hash)
    .execute(connection)
    .await;
    match replaced {
        Ok(done) => Ok(done.rows_affected() > 0),
        Err(error) if db::is_duplicate(&error) => Err(Error::EmailTaken),
        Err(error) => Err(error.into()),
    }
}

/// Calls somebody otherwise.
pub async fn rename(
    connection: &mut MySqlConnection,
    id: i64,
    name: &DisplayName,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE `User` SET name = ? WHERE id = ?")
        .bind(name.as_str())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
