//! All SQL of who has which role.

use service_kit::db;
use sqlx::MySqlConnection;

use crate::accounts::{Grant, Role};

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

/// Locks all administrators who can sign in, so that two cannot remove each other; how many there
/// are besides `id`.
pub async fn lock_administrators_but(
    connection: &mut MySqlConnection,
    id: i64,
) -> sqlx::Result<usize> {
    let administrators: Vec<i64> = sqlx::query_scalar(
        "SELECT u.id FROM `User` u JOIN `User_Roles` ur ON ur.userId = u.id
         JOIN `Role` r ON r.id = ur.roleId
         WHERE r.name = 'ADMIN' AND u.disabledAt IS NULL AND u.erasingSince IS NULL
         ORDER BY u.id FOR UPDATE",
    )
    .fetch_all(connection)
    .await?;
    Ok(administrators.iter().filter(|admin| **admin != id).count())
}
