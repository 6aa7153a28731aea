//! SQL of seats.

use service_kit::db;
use sqlx::{MySqlConnection, MySqlPool};

use super::{Seat, SeatType};
use crate::error::{Error, Result};

/// Writes a seat; its id.
pub async fn insert(
    db: &mut MySqlConnection,
    airplane_id: i64,
    row: i16,
    col: &str,
    r#type: SeatType,
) -> Result<i64> {
    let done = sqlx::query("INSERT INTO Seat (airplaneId, `row`, col, type) VALUES (?, ?, ?, ?)")
        .bind(airplane_id)
        .bind(row)
        .bind(col)
        .bind(r#type)
        .execute(db)
        .await
        .map_err(|error| match db::is_duplicate(&error) {
            true => Error::Duplicate("col"),
            false => error.into(),
        })?;
    Ok(done.last_insert_id().cast_signed())
}

/// A seat.
pub async fn find(db: &mut MySqlConnection, id: i64) -> sqlx::Result<Option<Seat>> {
    let sql = "SELECT id, airplaneId, `row`, col, type, createdAt, updatedAt \
        FROM Seat WHERE id = ?";
    sqlx::query_as(sql).bind(id).fetch_optional(db).await
}

/// At most `limit` seats of an airplane after the place `after`.
pub async fn list(
    db: &MySqlPool,
    airplane_id: i64,
    after: (i16, &str),
    limit: u32,
) -> sqlx::Result<Vec<Seat>> {
    let sql = "SELECT id, airplaneId, `row`, col, type, createdAt, updatedAt FROM Seat \
        WHERE airplaneId = ? AND (`row` > ? OR (`row` = ? AND col > ?)) \
        ORDER BY `row`, col LIMIT ?";
    sqlx::query_as(sql)
        .bind(airplane_id)
        .bind(after.0)
        .bind(after.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all(db)
        .await
}

/// Deletes a seat of an airplane; whether there was one.
pub async fn delete(db: &mut MySqlConnection, airplane_id: i64, id: i64) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM Seat WHERE id = ? AND airplaneId = ?")
        .bind(id)
        .bind(airplane_id)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
