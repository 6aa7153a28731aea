//! SQL of cities.

use service_kit::db;
use sqlx::{MySqlExecutor, MySqlPool};

use super::City;
use crate::error::{Error, Result};

/// Writes a city; its id.
pub async fn insert(db: impl MySqlExecutor<'_>, name: &str) -> Result<i64> {
    let done = sqlx::query("INSERT INTO Cities (city) VALUES (?)")
        .bind(name)
        .execute(db)
        .await
        .map_err(taken)?;
    Ok(done.last_insert_id().cast_signed())
}

/// A city.
pub async fn find(db: &MySqlPool, id: i64) -> sqlx::Result<Option<City>> {
    sqlx::query_as("SELECT id, city, createdAt, updatedAt FROM Cities WHERE id = ?")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// At most `limit` cities after the id `after`.
pub async fn list(db: &MySqlPool, after: i64, limit: u32) -> sqlx::Result<Vec<City>> {
    let sql = "SELECT id, city, createdAt, updatedAt FROM Cities WHERE id > ? ORDER BY id LIMIT ?";
    sqlx::query_as(sql)
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await
}

/// Renames a city; whether there is one.
pub async fn rename(db: &MySqlPool, id: i64, name: &str) -> Result<bool> {
    let done = sqlx::query("UPDATE Cities SET city = ? WHERE id = ?")
        .bind(name)
        .bind(id)
        .execute(db)
        .await
        .map_err(taken)?;
    Ok(done.rows_affected() == 1)
}

/// Deleting a city would delete flights that somebody is to travel with.
pub const HAS_BOOKINGS: Error =
    Error::InUse("Flights of this city have bookings, or had some in the last 7 days");

/// Deletes a city with its airports and their flights; whether there was one.
pub async fn delete(db: &MySqlPool, id: i64) -> Result<bool> {
    let done = sqlx::query("DELETE FROM Cities WHERE id = ?")
        .bind(id)
        .execute(db)
        .await
        .map_err(|error| match db::is_referenced(&error) {
            true => HAS_BOOKINGS,
            false => error.into(),
        })?;
    Ok(done.rows_affected() == 1)
}

fn taken(error: sqlx::Error) -> Error {
    match db::is_duplicate(&error) {
        true => Error::Duplicate("city"),
        false => error.into(),
    }
}
