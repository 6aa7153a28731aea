//! `GET /api/v1/flight/{id}/load`: how well a flight sells.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use service_kit::http::{extract::Id, reply::Reply};
use sqlx::{FromRow, MySqlPool};

use crate::{
    AppState,
    error::{Error, Result},
    scope::Scope,
};

/// Where a flight's seats are.
#[derive(Debug, FromRow, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
#[schemars(rename = "FlightLoad")]
pub struct Load {
    /// The flight.
    flight_id: i64,
    #[serde(skip)]
    airline: String,
    /// Seats on sale.
    total_seats: i32,
    /// Seats on sale that are neither held nor sold.
    available_seats: i32,
    /// In holds that wait for payment.
    held_seats: i64,
    /// In holds that are sold.
    sold_seats: i64,
}

/// The load of a flight, for its airline.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    Id(id): Id,
) -> Result<Reply<Load>> {
    let load = find(&state.pool, id)
        .await?
        .ok_or(Error::NotFound("flight"))?;
    scope.require(Some(&load.airline))?;
    Ok(Reply::ok("Load found", load))
}

async fn find(db: &MySqlPool, id: i64) -> sqlx::Result<Option<Load>> {
    let sql = "SELECT f.id AS flightId, f.airline, f.totalSeats, f.availableSeats, \
        CAST(COALESCE(SUM(CASE WHEN h.state = 'HELD' THEN i.seats END), 0) AS SIGNED) AS heldSeats, \
        CAST(COALESCE(SUM(CASE WHEN h.state = 'SOLD' THEN i.seats END), 0) AS SIGNED) AS soldSeats \
        FROM Flight f LEFT JOIN HoldItems i ON i.flightId = f.id \
        LEFT JOIN SeatHolds h ON h.holdId = i.holdId \
        WHERE f.id = ? GROUP BY f.id, f.airline, f.totalSeats, f.availableSeats";
    sqlx::query_as(sql).bind(id).fetch_optional(db).await
}
