//! Seat holds: booking asks, flights decides. See the protocol in ARCHITECTURE.md.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};
use reqwest::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CallError, Endpoint};

/// Service name of flights.
pub const FLIGHTS: &str = "flights";
const TIMEOUT: Duration = Duration::from_secs(3);
const NO_BODY: Option<&()> = None;

/// Body of `PUT /internal/v1/holds/{holdId}`: 1-6 items, no flight twice, one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoldRequest {
    /// The seats to take, all or none.
    pub items: Vec<HoldItem>,
}

/// Seats on one flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoldItem {
    /// The flight.
    pub flight_id: i64,
    /// 1-9.
    pub seats: u32,
}

/// Where a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HoldState {
    /// Seats are taken and wait for payment.
    Held,
    /// Seats are sold.
    Sold,
    /// Seats were given back, or never taken (a tombstone).
    Released,
}

/// A hold as stored: prices, currency and departure are those of the moment it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// ULID that booking chose.
    pub hold_id: String,
    /// Where it stands.
    pub state: HoldState,
    /// Empty for a tombstone.
    pub items: Vec<HeldItem>,
}

/// Seats held on one flight, with what the buyer is shown of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldItem {
    /// The flight.
    pub flight_id: i64,
    /// 1-9.
    pub seats: u32,
    /// Minor units per seat.
    pub unit_price: i64,
    /// ISO 4217.
    pub currency: String,
    /// UTC.
    pub departure_time: DateTime<Utc>,
    /// The flight as it is sold.
    pub flight: FlightSummary,
}

/// What a booking and its e-mail show of a flight.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlightSummary {
    /// Airline designator and number, `AA100`.
    pub flight_number: String,
    /// IATA code.
    pub departure_airport_id: String,
    /// IATA code.
    pub arrival_airport_id: String,
    /// Local time at the departure airport, with its offset.
    pub departure_local: DateTime<FixedOffset>,
    /// Local time at the arrival airport, with its offset.
    pub arrival_local: DateTime<FixedOffset>,
}

/// Asks flights for seats.
#[derive(Clone)]
pub struct HoldsClient(Endpoint);

impl HoldsClient {
    /// A client of flights at `endpoint`.
    pub fn new(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }

    /// Takes the seats, or says again what was taken. Refusals: `NO_SEATS`, `RELEASED`,
    /// `INVALID_FLIGHT`, `HOLD_MISMATCH`, `FLIGHT_DEPARTED`, `CURRENCY_MISMATCH`,
    /// `DUPLICATE_FLIGHT`.
    pub async fn put(&self, hold_id: &str, request: &HoldRequest) -> Result<Hold, CallError> {
        let path = format!("/internal/v1/holds/{hold_id}");
        self.0
            .call(Method::PUT, &path, Some(request), TIMEOUT)
            .await
    }

    /// Held seats become sold; refused with `RELEASED` when they were given back.
    pub async fn sell(&self, hold_id: &str) -> Result<Hold, CallError> {
        let path = format!("/internal/v1/holds/{hold_id}/sell");
        self.0.call(Method::POST, &path, NO_BODY, TIMEOUT).await
    }

    /// Gives the seats back; of an unknown hold writes a tombstone, so that a late
    /// [`Self::put`] cannot take any.
    pub async fn release(&self, hold_id: &str) -> Result<Hold, CallError> {
        let path = format!("/internal/v1/holds/{hold_id}");
        self.0.call(Method::DELETE, &path, NO_BODY, TIMEOUT).await
    }
}
