//! SQL of airplanes.

use chrono::{DateTime, Utc};
use service_kit::db;
use sqlx::{FromRow, MySqlConnection, MySqlExecutor, MySqlPool};

use super::{Airplane, AirplaneDetails};
use crate::error::{Error, Result};

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct Row {
    id: i64,
    model_number: String,
    capacity: i32,
    airline: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Airplane {
    fn from(row: Row) -> Self {
        Self {
            details: AirplaneDetails {
                id: row.id,
                model_number: row.model_number,
                capacity: row.capacity,
                airline: row.airline,
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Writes an airplane; its id.
pub async fn insert(
    db: impl MySqlExecutor<'_>,
    model: &str,
    capacity: i32,
    airline: Option<&str>,
) -> sqlx::Result<i64> {
    let done =
        sqlx::query("INSERT INTO Airplane (modelNumber, capacity, airline) VALUES (?, ?, ?)")
            .bind(model)
            .bind(capacity)
            .bind(airline)
            .execute(db)
            .await?;
    Ok(done.last_insert_id().cast_signed())
}

/// An airplane.
pub async fn find(db: &MySqlPool, id: i64) -> sqlx::Result<Option<Airplane>> {
    let sql = "SELECT id, modelNumber, capacity, airline, createdAt, updatedAt \
        FROM Airplane WHERE id = ?";
    let row: Option<Row> = sqlx::query_as(sql).bind(id).fetch_optional(db).await?;
    Ok(row.map(Airplane::from))
}

/// An airplane, locked against changes until the transaction ends.
pub async fn find_for_update(
    db: &mut MySqlConnection,
    id: i64,
) -> sqlx::Result<Option<AirplaneDetails>> {
    let sql = "SELECT id, modelNumber, capacity, airline, createdAt, updatedAt \
        FROM Airplane WHERE id = ? FOR UPDATE";
    let row: Option<Row> = sqlx::query_as(sql).bind(id).fetch_optional(db).await?;
    Ok(row.map(|row| Airplane::from(row).details))
}

/// At most `limit` airplanes after the id `after`.
pub async fn list(db: &MySqlPool, after: i64, limit: u32) -> sqlx::Result<Vec<Airplane>> {
    let sql = "SELECT id, modelNumber, capacity, airline, createdAt, updatedAt \
        FROM Airplane WHERE id > ? ORDER BY id LIMIT ?";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(Airplane::from).collect())
}

/// Whether flights of another airline than this use an airplane; all of them, or only those that
/// have not departed.
pub async fn flies_for_another(
    db: &mut MySqlConnection,
    id: i64,
    airline: &str,
    only_ahead: bool,
) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM Flight WHERE airplaneId = ? AND airline <> ? \
        AND (departureTime > NOW(6) OR NOT ?))";
    sqlx::query_scalar(sql)
        .bind(id)
        .bind(airline)
        .bind(only_ahead)
        .fetch_one(db)
        .await
}

/// Writes an airplane's columns, unless it would have fewer seats than a flight ahead sells;
/// whether it was written.
pub async fn update(db: &mut MySqlConnection, airplane: &AirplaneDetails) -> sqlx::Result<bool> {
    let sql = "UPDATE Airplane SET modelNumber = ?, capacity = ?, airline = ? \
        WHERE id = ? AND (capacity <= ? OR NOT EXISTS (SELECT 1 FROM Flight \
        WHERE airplaneId = Airplane.id AND totalSeats > ? AND departureTime > NOW(6)))";
    let done = sqlx::query(sql)
        .bind(&airplane.model_number)
        .bind(airplane.capacity)
        .bind(&airplane.airline)
        .bind(airplane.id)
        .bind(airplane.capacity)
        .bind(airplane.capacity)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Deleting an airplane would delete flights that somebody is to travel with.
pub const HAS_BOOKINGS: Error =
    Error::InUse("Flights of this airplane have bookings, or had some in the last 7 days");

/// Deletes an airplane with its seats and flights; whether there was one.
pub async fn delete(db: &mut MySqlConnection, id: i64) -> Result<bool> {
    let done = sqlx::query("DELETE FROM Airplane WHERE id = ?")
        .bind(id)
        .execute(db)
        .await
        .map_err(|error| match db::is_referenced(&error) {
            true => HAS_BOOKINGS,
            false => error.into(),
        })?;
    Ok(done.rows_affected() == 1)
}
