//! Erasure: the gateway has the services that keep something of a person blank it, each the same
//! way. What is blanked stays as a row: ids, states and amounts are the books'.

use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::{CallError, Endpoint, ProblemField};

/// Service name of booking.
pub const BOOKING: &str = "booking";
/// Code of the 409 by which a service says that something still stands in the way.
pub const BLOCKED: &str = "ERASURE_BLOCKED";
const TIMEOUT: Duration = Duration::from_secs(5);
const NO_BODY: Option<&()> = None;

/// Answer of `POST /internal/v1/users/{id}/erasure`: nothing of the person is left there, nor
/// will be. Asked again it is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Erased {
    /// The account.
    pub user_id: i64,
}

/// What a service says to an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// It is done, for good.
    Erased,
    /// Nothing was changed: what stands in the way, one entry a kind of it.
    Blocked(Vec<ProblemField>),
}

/// Asks a service to erase people.
#[derive(Clone)]
pub struct ErasureClient(Endpoint);

impl ErasureClient {
    /// A client of the service at `endpoint`.
    pub fn new(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }

    /// Has everything blanked that the service keeps of this account's owner.
    pub async fn erase(&self, user: i64) -> Result<Erasure, CallError> {
        let path = format!("/internal/v1/users/{user}/erasure");
        let answer: Result<Erased, CallError> =
            self.0.call(Method::POST, &path, NO_BODY, TIMEOUT).await;
        match answer {
            Ok(_) => Ok(Erasure::Erased),
            Err(CallError::Refused { code, errors, .. }) if code == BLOCKED => {
                Ok(Erasure::Blocked(errors))
            }
            Err(error) => Err(error),
        }
    }
}
