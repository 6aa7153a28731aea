//! People: their roles, and what may be said of them.

pub mod audit;
pub mod email_tokens;
pub mod erasure;
mod fields;
pub mod forgotten;
pub mod get;
mod guesses;
pub mod import;
pub mod opaque;
pub mod password;
pub mod passwords;
pub mod profile;
pub mod reset;
pub mod role;
pub mod sessions;
pub mod signin;
pub mod signup;
pub mod store;
pub mod tokens;
pub mod users;
pub mod verification;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use service_kit::{identity::User, str_enum};
use validator::ValidationError;

pub use fields::{DisplayName, Email, Password};

str_enum! {
    /// What somebody may do.
    pub enum Role {
        /// A traveller; everybody who signs up.
        Customer = "CUSTOMER",
        /// Works for an airline.
        FlightCompany = "FLIGHT_COMPANY",
        /// Administers the platform.
        Admin = "ADMIN",
    }
}

/// A role with the airline that a FLIGHT_COMPANY works for; no other role has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    role: Role,
    airline: Option<String>,
}

impl Grant {
    /// What everybody has who signs up.
    pub fn customer() -> Self {
        Self {
            role: Role::Customer,
            airline: None,
        }
    }

    /// Checks that role and airline (IATA designator) fit together.
    pub fn new(role: Role, airline: Option<&str>) -> Result<Self, ValidationError> {
        match (role, airline) {
            (Role::FlightCompany, None) => {
                Err(of_airline("required", "is required for FLIGHT_COMPANY"))
            }
            (Role::FlightCompany, Some(code)) if !is_designator(code) => Err(of_airline(
                "pattern",
                "must be a designator of two capitals or digits, such as AA",
            )),
            (Role::Customer | Role::Admin, Some(_)) => {
                Err(of_airline("unexpected", "is for FLIGHT_COMPANY only"))
            }
            (role, airline) => Ok(Self {
                role,
                airline: airline.map(str::to_owned),
            }),
        }
    }
}

fn is_designator(code: &str) -> bool {
    code.len() == 2
        && code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn of_airline(code: &'static str, message: &'static str) -> ValidationError {
    fields::of_field("airline", code, message)
}

/// An account as its owner and administrators see it: never a password or a hash.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "User")]
pub struct Account {
    /// Account id.
    pub id: i64,
    /// Display name.
    pub name: String,
    /// E-mail address, trimmed and in lower case.
    pub email: String,
    /// Whether somebody followed the link that was mailed there.
    pub email_verified: bool,
    /// In the order CUSTOMER, FLIGHT_COMPANY, ADMIN.
    pub roles: Vec<Role>,
    /// IATA designator of the airline that the person works for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub airline: Option<String>,
    /// Since when it cannot sign in, UTC; absent when it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when its owner is erased, UTC: address and name say nothing then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<DateTime<Utc>>,
    /// When it was made, UTC.
    pub created_at: DateTime<Utc>,
    /// When it changed last, UTC.
    pub updated_at: DateTime<Utc>,
}

impl Account {
    /// What a token says of the account.
    pub fn identity(&self) -> User {
        User {
            id: self.id,
            email: self.email.clone(),
            name: self.name.clone(),
            roles: self.roles.iter().map(ToString::to_string).collect(),
            airline: self.airline.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_flight_company_has_an_airline_and_it_must() {
        assert!(Grant::new(Role::FlightCompany, Some("AA")).is_ok());
        assert!(Grant::new(Role::FlightCompany, Some("aa")).is_err());
        assert!(Grant::new(Role::FlightCompany, None).is_err());
        assert!(Grant::new(Role::Admin, Some("AA")).is_err());
        assert!(Grant::new(Role::Admin, None).is_ok());
    }
}
