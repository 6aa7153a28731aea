//! SQL of flights, except the search's.

use chrono::{DateTime, NaiveDate, Utc};
use service_kit::db;
use sqlx::{AssertSqlSafe, FromRow, MySqlConnection, MySqlPool};

use super::{
    Flight,
    row::{COLUMNS, FlightRow, JOINS},
};
use crate::error::{Error, Result};

/// The columns of a new flight.
pub struct NewFlight<'a> {
    /// Airline designator and number.
    pub flight_number: &'a str,
    /// Designator of the airline that sells it.
    pub airline: &'a str,
    /// The airplane that flies it.
    pub airplane_id: i64,
    /// IATA code.
    pub departure_airport_id: &'a str,
    /// IATA code.
    pub arrival_airport_id: &'a str,
    /// UTC.
    pub departure_time: DateTime<Utc>,
    /// UTC.
    pub arrival_time: DateTime<Utc>,
    /// Local day at the departure airport.
    pub departure_date: NaiveDate,
    /// Minor units per seat.
    pub price: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// Where to board.
    pub boarding_gate: Option<&'a str>,
    /// Seats on sale, all of them free.
    pub total_seats: i32,
}

/// Writes a flight; its id.
pub async fn insert(db: &mut MySqlConnection, flight: &NewFlight<'_>) -> Result<i64> {
    let sql = "INSERT INTO Flight (flightNumber, airline, airplaneId, departureAirportId, \
        arrivalAirportId, departureTime, arrivalTime, departureDate, price, currency, \
        boardingGate, totalSeats, availableSeats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let done = sqlx::query(sql)
        .bind(flight.flight_number)
        .bind(flight.airline)
        .bind(flight.airplane_id)
        .bind(flight.departure_airport_id)
        .bind(flight.arrival_airport_id)
        .bind(flight.departure_time)
        .bind(flight.arrival_time)
        .bind(flight.departure_date)
        .bind(flight.price)
        .bind(flight.currency)
        .bind(flight.boarding_gate)
        .bind(flight.total_seats)
        .bind(flight.total_seats)
        .execute(db)
        .await
        .map_err(flies_already)?;
    Ok(done.last_insert_id().cast_signed())
}

/// A flight.
pub async fn find(db: &MySqlPool, id: i64) -> sqlx::Result<Option<Flight>> {
    let sql = AssertSqlSafe(format!("{COLUMNS} FROM Flight f{JOINS} WHERE f.id = ?"));
    let row: Option<FlightRow> = sqlx::query_as(sql).bind(id).fetch_optional(db).await?;
    Ok(row.map(Flight::from))
}

/// The time zone of an airport, which stays as it is until the transaction ends.
pub async fn zone_of(db: &mut MySqlConnection, code: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT timezone FROM Airport WHERE code = ? LOCK IN SHARE MODE")
        .bind(code)
        .fetch_optional(db)
        .await
}

/// What decides how a flight may change.
#[derive(Clone, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct Plan {
    /// Designator of the airline that sells it.
    pub airline: String,
    /// The airplane that flies it.
    pub airplane_id: i64,
    /// IATA code.
    pub departure_airport_id: String,
    /// UTC.
    pub departure_time: DateTime<Utc>,
    /// UTC.
    pub arrival_time: DateTime<Utc>,
    /// Local day at the departure airport.
    pub departure_date: NaiveDate,
    /// Minor units per seat.
    pub price: i64,
    /// Where to board.
    pub boarding_gate: Option<String>,
    /// Seats on sale.
    pub total_seats: i32,
}

impl Plan {
    /// Whether times and airplane are the same.
    pub fn flies_as(&self, other: &Self) -> bool {
        let times = |plan: &Self| (plan.departure_time, plan.arrival_time);
        times(self) == times(other) && self.airplane_id == other.airplane_id
    }
}

/// A flight's plan, locked until the transaction ends.
pub async fn plan_for_update(db: &mut MySqlConnection, id: i64) -> sqlx::Result<Option<Plan>> {
    let sql = "SELECT airline, airplaneId, departureAirportId, departureTime, arrivalTime, \
        departureDate, price, boardingGate, totalSeats FROM Flight WHERE id = ? FOR UPDATE";
    sqlx::query_as(sql).bind(id).fetch_optional(db).await
}

/// Writes price and gate.
pub async fn update_details(db: &mut MySqlConnection, id: i64, plan: &Plan) -> sqlx::Result<()> {
    sqlx::query("UPDATE Flight SET price = ?, boardingGate = ? WHERE id = ?")
        .bind(plan.price)
        .bind(&plan.boarding_gate)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Writes times and airplane too, while no seat is held or sold; whether it did.
pub async fn update_plan(db: &mut MySqlConnection, id: i64, plan: &Plan) -> Result<bool> {
    let sql = "UPDATE Flight SET price = ?, boardingGate = ?, airplaneId = ?, departureTime = ?, \
        arrivalTime = ?, departureDate = ? WHERE id = ? AND availableSeats = totalSeats";
    let done = sqlx::query(sql)
        .bind(plan.price)
        .bind(&plan.boarding_gate)
        .bind(plan.airplane_id)
        .bind(plan.departure_time)
        .bind(plan.arrival_time)
        .bind(plan.departure_date)
        .bind(id)
        .execute(db)
        .await
        .map_err(flies_already)?;
    Ok(done.rows_affected() == 1)
}

/// The airline that sells a flight.
pub async fn airline_of(db: &MySqlPool, id: i64) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT airline FROM Flight WHERE id = ?")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Takes free seats off sale; whether there were so many.
pub async fn take_off_sale(db: &MySqlPool, id: i64, seats: i32) -> sqlx::Result<bool> {
    let sql = "UPDATE Flight SET totalSeats = totalSeats - ?, \
        availableSeats = availableSeats - ? WHERE id = ? AND availableSeats >= ?";
    let done = sqlx::query(sql)
        .bind(seats)
        .bind(seats)
        .bind(id)
        .bind(seats)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The capacity of a flight's airplane; flight and airplane, in this order, are locked until the
/// transaction ends.
pub async fn capacity_for_update(db: &mut MySqlConnection, id: i64) -> sqlx::Result<Option<i32>> {
    let sql = "SELECT STRAIGHT_JOIN p.capacity FROM Flight f \
        JOIN Airplane p ON p.id = f.airplaneId WHERE f.id = ? FOR UPDATE";
    sqlx::query_scalar(sql).bind(id).fetch_optional(db).await
}

/// Puts seats on sale, up to this capacity; whether there are so many.
pub async fn put_on_sale(
    db: &mut MySqlConnection,
    id: i64,
    seats: i32,
    capacity: i32,
) -> sqlx::Result<bool> {
    let sql = "UPDATE Flight SET totalSeats = totalSeats + ?, \
        availableSeats = availableSeats + ? WHERE id = ? AND totalSeats + ? <= ?";
    let done = sqlx::query(sql)
        .bind(seats)
        .bind(seats)
        .bind(id)
        .bind(seats)
        .bind(capacity)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes a flight, unless a hold row of it exists; whether there was one.
pub async fn delete(db: &MySqlPool, id: i64) -> Result<bool> {
    let done = sqlx::query("DELETE FROM Flight WHERE id = ?")
        .bind(id)
        .execute(db)
        .await
        .map_err(|error| match db::is_referenced(&error) {
            true => Error::FlightHasBookings,
            false => error.into(),
        })?;
    Ok(done.rows_affected() == 1)
}

fn flies_already(error: sqlx::Error) -> Error {
    match db::is_duplicate(&error) {
        true => Error::Duplicate("flightNumber"),
        false => error.into(),
    }
}
