//! Cities. A city has many airports.

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod store;
pub mod update;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// The longest name in characters.
pub const NAME: usize = 100;

/// A city.
#[derive(Debug, JsonSchema, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct City {
    /// Id.
    pub id: i64,
    /// Its name.
    pub city: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
