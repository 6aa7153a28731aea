//! Seats of an airplane.

pub mod create;
pub mod delete;
pub mod list;
pub mod store;

use std::str::FromStr;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::fields::read_from_text;

service_kit::str_enum! {
    /// The cabin a seat is in.
    pub enum SeatType {
        /// Business.
        Business = "BUSINESS",
        /// Economy.
        Economy = "ECONOMY",
        /// Premium economy.
        PremiumEconomy = "PREMIUM_ECONOMY",
        /// First.
        FirstClass = "FIRST_CLASS",
    }
}

/// A seat.
#[derive(Debug, JsonSchema, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
#[sqlx(rename_all = "camelCase")]
pub struct Seat {
    /// Id.
    pub id: i64,
    /// The airplane it is in.
    pub airplane_id: i64,
    /// Row, from 1.
    pub row: i16,
    /// Letter, A to Z.
    pub col: String,
    /// Cabin.
    pub r#type: SeatType,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The letter of a seat.
pub struct Letter(String);

impl Letter {
    /// A to Z.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Letter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            [b'A'..=b'Z'] => Ok(Self(text.to_owned())),
            _ => Err("must be a letter from A to Z"),
        }
    }
}

read_from_text! {
    Letter {"pattern": "^[A-Z]$", "examples": ["A"]},
}
