//! SQL of holds. Lock order: the hold's row, then flights by id.

use chrono::{DateTime, Utc};
use contracts::holds::{FlightSummary, HeldItem, Hold, HoldItem};
use sqlx::{FromRow, MySqlConnection, MySqlPool};

use super::{State, id::HoldId};
use crate::zones;

/// Claims an id in this state; a duplicate key if there is a hold, or a tombstone, already.
pub async fn insert(db: &mut MySqlConnection, id: &HoldId, state: State) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO SeatHolds (holdId, state) VALUES (?, ?)")
        .bind(id.as_str())
        .bind(state)
        .execute(db)
        .await?;
    Ok(())
}

/// Where a hold stands.
pub async fn state(db: &MySqlPool, id: &HoldId) -> sqlx::Result<Option<State>> {
    sqlx::query_scalar("SELECT state FROM SeatHolds WHERE holdId = ?")
        .bind(id.as_str())
        .fetch_optional(db)
        .await
}

/// Held seats become sold; whether the hold is now sold.
pub async fn sell(db: &MySqlPool, id: &HoldId) -> sqlx::Result<bool> {
    let sql = "UPDATE SeatHolds SET state = 'SOLD' WHERE holdId = ? AND state IN ('HELD', 'SOLD')";
    let done = sqlx::query(sql).bind(id.as_str()).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Marks a hold released; whether this was the call that did it.
pub async fn release(db: &mut MySqlConnection, id: &HoldId) -> sqlx::Result<bool> {
    let sql =
        "UPDATE SeatHolds SET state = 'RELEASED' WHERE holdId = ? AND state IN ('HELD', 'SOLD')";
    let done = sqlx::query(sql).bind(id.as_str()).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Takes seats of a flight that has so many free and has not departed; whether it did.
pub async fn take(db: &mut MySqlConnection, item: HoldItem) -> sqlx::Result<bool> {
    let sql = "UPDATE Flight SET availableSeats = availableSeats - ? \
        WHERE id = ? AND departureTime > NOW(6) AND availableSeats >= ?";
    let done = sqlx::query(sql)
        .bind(item.seats)
        .bind(item.flight_id)
        .bind(item.seats)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives seats of a flight back.
pub async fn give_back(db: &mut MySqlConnection, item: HoldItem) -> sqlx::Result<()> {
    sqlx::query("UPDATE Flight SET availableSeats = availableSeats + ? WHERE id = ?")
        .bind(item.seats)
        .bind(item.flight_id)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether a flight has departed; `None` if there is no such flight.
pub async fn has_departed(db: &mut MySqlConnection, flight_id: i64) -> sqlx::Result<Option<bool>> {
    sqlx::query_scalar("SELECT departureTime <= NOW(6) FROM Flight WHERE id = ?")
        .bind(flight_id)
        .fetch_optional(db)
        .await
}

/// Writes an item with price, currency and departure of the flight, whose row this transaction has
/// locked.
pub async fn insert_item(
    db: &mut MySqlConnection,
    id: &HoldId,
    item: HoldItem,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO HoldItems (holdId, flightId, seats, unitPrice, currency, departureTime) \
        SELECT ?, id, ?, price, currency, departureTime FROM Flight WHERE id = ?";
    sqlx::query(sql)
        .bind(id.as_str())
        .bind(item.seats)
        .bind(item.flight_id)
        .execute(db)
        .await?;
    Ok(())
}

/// How many currencies the items of a hold have.
pub async fn currencies(db: &mut MySqlConnection, id: &HoldId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(DISTINCT currency) FROM HoldItems WHERE holdId = ?")
        .bind(id.as_str())
        .fetch_one(db)
        .await
}

/// The seats of a hold by flight id.
pub async fn items(db: &mut MySqlConnection, id: &HoldId) -> sqlx::Result<Vec<HoldItem>> {
    let sql = "SELECT flightId, seats FROM HoldItems WHERE holdId = ? ORDER BY flightId";
    let rows: Vec<(i64, i32)> = sqlx::query_as(sql).bind(id.as_str()).fetch_all(db).await?;
    let item = |(flight_id, seats): (i64, i32)| HoldItem {
        flight_id,
        seats: seats.cast_unsigned(),
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Deletes up to 1,000 released holds and tombstones that are older than a week; how many.
pub async fn purge(db: &MySqlPool) -> sqlx::Result<u64> {
    let sql = "DELETE FROM SeatHolds WHERE state = 'RELEASED' \
        AND updatedAt < NOW(6) - INTERVAL 7 DAY ORDER BY updatedAt LIMIT 1000";
    Ok(sqlx::query(sql).execute(db).await?.rows_affected())
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct HeldRow {
    flight_id: i64,
    seats: i32,
    unit_price: i64,
    currency: String,
    departure_time: DateTime<Utc>,
    flight_number: String,
    departure_airport_id: String,
    arrival_airport_id: String,
    arrival_time: DateTime<Utc>,
    departure_zone: String,
    arrival_zone: String,
}

/// A hold as stored, with what the buyer is shown of its flights, by flight id.
pub async fn stored(db: &MySqlPool, id: &HoldId, state: State) -> sqlx::Result<Hold> {
    let sql = "SELECT STRAIGHT_JOIN i.flightId, i.seats, i.unitPrice, i.currency, \
        i.departureTime, f.flightNumber, f.departureAirportId, f.arrivalAirportId, \
        f.arrivalTime, d.timezone AS departureZone, a.timezone AS arrivalZone \
        FROM HoldItems i JOIN Flight f ON f.id = i.flightId \
        JOIN Airport d ON d.code = f.departureAirportId \
        JOIN Airport a ON a.code = f.arrivalAirportId \
        WHERE i.holdId = ? ORDER BY i.flightId";
    let rows: Vec<HeldRow> = sqlx::query_as(sql).bind(id.as_str()).fetch_all(db).await?;
    Ok(Hold {
        hold_id: id.as_str().to_owned(),
        state: state.into(),
        items: rows.into_iter().map(HeldItem::from).collect(),
    })
}

impl From<HeldRow> for HeldItem {
    fn from(row: HeldRow) -> Self {
        let departure_zone = zones::named(&row.departure_zone);
        let arrival_zone = zones::named(&row.arrival_zone);
        Self {
            flight_id: row.flight_id,
            seats: row.seats.cast_unsigned(),
            unit_price: row.unit_price,
            currency: row.currency,
            departure_time: row.departure_time,
            flight: FlightSummary {
                flight_number: row.flight_number,
                departure_airport_id: row.departure_airport_id,
                arrival_airport_id: row.arrival_airport_id,
                departure_local: zones::local(row.departure_time, departure_zone),
                arrival_local: zones::local(row.arrival_time, arrival_zone),
            },
        }
    }
}
