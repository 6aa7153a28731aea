//! SQL of airlines.

use service_kit::db;
use sqlx::MySqlPool;

use super::Airline;
use crate::error::{Error, Result};

/// Writes an airline.
pub async fn insert(db: &MySqlPool, code: &str, name: &str) -> Result<()> {
    sqlx::query("INSERT INTO Airlines (code, name) VALUES (?, ?)")
        .bind(code)
        .bind(name)
        .execute(db)
        .await
        .map_err(|error| match db::is_duplicate(&error) {
            true => Error::Duplicate("code"),
            false => error.into(),
        })?;
    Ok(())
}

/// An airline.
pub async fn find(db: &MySqlPool, code: &str) -> sqlx::Result<Option<Airline>> {
    sqlx::query_as("SELECT code, name, createdAt, updatedAt FROM Airlines WHERE code = ?")
        .bind(code)
        .fetch_optional(db)
        .await
}

/// At most `limit` airlines after the designator `after`.
pub async fn list(db: &MySqlPool, after: &str, limit: u32) -> sqlx::Result<Vec<Airline>> {
    let sql = "SELECT code, name, createdAt, updatedAt FROM Airlines WHERE code > ? \
        ORDER BY code LIMIT ?";
    sqlx::query_as(sql)
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await
}
