//! Airplanes. One without an airline is shared: any airline may fly it, administrators keep it.

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod store;
pub mod update;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// The longest model name in characters.
pub const MODEL: usize = 60;
/// The most seats of an airplane; the largest airliner is certified for 853.
pub const CAPACITY: i32 = 1000;

/// An airplane.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Airplane {
    /// What flights show of it too.
    #[serde(flatten)]
    pub details: AirplaneDetails,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// An airplane as a flight shows it.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AirplaneDetails {
    /// Id.
    pub id: i64,
    /// Model.
    pub model_number: String,
    /// Seats.
    pub capacity: i32,
    /// Designator of the airline it belongs to.
    pub airline: Option<String>,
}
