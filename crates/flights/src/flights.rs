//! Flights. A flight is dated: its number flies again on another local day, or from another
//! airport.

pub mod create;
pub mod delete;
pub mod filter;
pub mod get;
pub mod itinerary;
pub mod load;
pub mod row;
pub mod search;
pub mod seats;
pub mod sort;
pub mod store;
pub mod update;

use chrono::{DateTime, FixedOffset, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{airplanes::AirplaneDetails, airports::AirportDetails};

/// The longest gate in characters.
pub const GATE: usize = 10;
/// The highest price of a seat in minor units.
pub const PRICE: i64 = 1_000_000_000;

/// A flight.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Flight {
    /// Id.
    pub id: i64,
    /// Airline designator and number, `AA100`.
    pub flight_number: String,
    /// Designator of the airline that sells it.
    pub airline: String,
    /// The airplane that flies it.
    pub airplane_id: i64,
    /// The airplane that flies it.
    pub airplane: AirplaneDetails,
    /// IATA code.
    pub departure_airport_id: String,
    /// IATA code.
    pub arrival_airport_id: String,
    /// Where it departs.
    pub departure_airport: AirportDetails,
    /// Where it arrives.
    pub arrival_airport: AirportDetails,
    /// UTC.
    pub departure_time: DateTime<Utc>,
    /// UTC.
    pub arrival_time: DateTime<Utc>,
    /// Local time at the departure airport, with its offset.
    pub departure_local: DateTime<FixedOffset>,
    /// Local time at the arrival airport, with its offset.
    pub arrival_local: DateTime<FixedOffset>,
    /// Minor units per seat.
    pub price: i64,
    /// ISO 4217.
    pub currency: String,
    /// Where to board, once it is known.
    pub boarding_gate: Option<String>,
    /// Seats on sale.
    pub total_seats: i32,
    /// Seats on sale that are neither held nor sold.
    pub available_seats: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
