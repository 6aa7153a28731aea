//! Airports. The bundled table knows every airport with an IATA code, so that name, code and city
//! are enough to create one.

pub mod create;
pub mod delete;
pub mod get;
pub mod known;
pub mod list;
pub mod store;
pub mod update;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// The longest name in characters.
pub const NAME: usize = 120;
/// The longest address in characters.
pub const ADDRESS: usize = 255;

/// An airport.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Airport {
    /// What flights show of it too.
    #[serde(flatten)]
    pub details: AirportDetails,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// An airport as a flight shows it.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AirportDetails {
    /// Id.
    pub id: i64,
    /// IATA code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Street address, if anybody gave it.
    pub address: Option<String>,
    /// The city it serves.
    pub city_id: i64,
    /// The city it serves.
    pub city: CityName,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// IANA time zone.
    pub timezone: String,
}

/// A city as its airports show it.
#[derive(Debug, JsonSchema, Serialize)]
pub struct CityName {
    /// Id.
    pub id: i64,
    /// Its name.
    pub city: String,
}
