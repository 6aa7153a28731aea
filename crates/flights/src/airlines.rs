//! Airlines: names of the designators that flight numbers start with.

pub mod create;
pub mod list;
pub mod store;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// The longest name in characters.
pub const NAME: usize = 120;

/// An airline.
#[derive(Debug, JsonSchema, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct Airline {
    /// IATA designator.
    pub code: String,
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
