//! Whose inventory a caller may write: an administrator everything, somebody of an airline what
//! belongs to that airline.

use axum::{extract::FromRequestParts, http::request::Parts};
use contracts::role;
use service_kit::http::{layers::Caller, openapi::Input};

use crate::error::{Error, Result};

/// What the caller may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
    /// What belongs to the airline with this designator.
    Airline(String),
}

impl Scope {
    /// Refuses what does not belong to the caller; `None` belongs to no airline.
    pub fn require(&self, airline: Option<&str>) -> Result<()> {
        match self {
            Self::All => Ok(()),
            Self::Airline(own) if airline == Some(own) => Ok(()),
            Self::Airline(_) => Err(Error::Forbidden),
        }
    }

    /// The caller's airline, unless it may write everything.
    pub fn airline(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::Airline(own) => Some(own),
        }
    }
}

impl Input for Scope {}

impl<S: Send + Sync> FromRequestParts<S> for Scope {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Caller(user) = Caller::from_request_parts(parts, state).await?;
        match &user.airline {
            _ if user.has_role(role::ADMIN) => Ok(Self::All),
            Some(airline) if user.has_role(role::FLIGHT_COMPANY) => {
                Ok(Self::Airline(airline.clone()))
            }
            _ => Err(Error::Forbidden),
        }
    }
}
