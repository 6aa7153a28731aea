//! Charges: booking asks, the card provider decides. The payment's id is the idempotency key of
//! everything.

use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::{CallError, Endpoint};

/// Service name of the provider.
pub const PAYMENT_SANDBOX: &str = "payment-sandbox";
/// How long a charge may take.
pub const TIMEOUT: Duration = Duration::from_secs(6);
const NO_BODY: Option<&()> = None;

/// Body of `POST /internal/v1/charges`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChargeRequest {
    /// The payment's ULID; the same id again answers what became of it the first time.
    pub id: String,
    /// Minor units, positive.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// What stands for the card: `tok_success`, `tok_declined`, `tok_insufficient_funds`,
    /// `tok_timeout_charged`, `tok_timeout_not_charged`.
    pub token: String,
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ChargeState {
    /// Running; not final.
    Processing,
    /// The money is taken. Final but for a refund beside it.
    Captured,
    /// No money was taken and none will be. Also a charge that was voided before it came.
    Declined,
}

/// A charge in the provider's ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The payment's ULID.
    pub id: String,
    /// What became of it.
    pub state: ChargeState,
    /// Minor units; 0 for a tombstone.
    pub amount: i64,
    /// ISO 4217; empty for a tombstone.
    pub currency: String,
    /// Why it was declined: `card_declined`, `insufficient_funds`, `voided`.
    pub decline_reason: Option<String>,
    /// Whether the whole amount was given back.
    pub refunded: bool,
}

/// Asks the card provider.
#[derive(Clone)]
pub struct ChargesClient(Endpoint);

impl ChargesClient {
    /// A client of the provider at `endpoint`.
    pub fn new(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }

    /// Takes the money, or says again what became of this id. The same id with another amount or
    /// currency is refused with `CHARGE_MISMATCH`.
    pub async fn charge(&self, request: &ChargeRequest) -> Result<Charge, CallError> {
        self.0
            .call(Method::POST, "/internal/v1/charges", Some(request), TIMEOUT)
            .await
    }

    /// What became of this id; refused with `NOT_FOUND` while it has not come, which is never a
    /// decline: it may be on its way.
    pub async fn get(&self, id: &str) -> Result<Charge, CallError> {
        let path = format!("/internal/v1/charges/{id}");
        self.0.call(Method::GET, &path, NO_BODY, TIMEOUT).await
    }

    /// Makes sure of an end: an id that has not come gets a tombstone and will be declined; else
    /// what became of it.
    pub async fn void(&self, id: &str) -> Result<Charge, CallError> {
        let path = format!("/internal/v1/charges/{id}/void");
        self.0.call(Method::POST, &path, NO_BODY, TIMEOUT).await
    }

    /// Gives back the whole amount, once. Refused with `NOT_CAPTURED` if nothing was taken.
    pub async fn refund(&self, id: &str) -> Result<Charge, CallError> {
        let path = format!("/internal/v1/charges/{id}/refund");
        self.0.call(Method::POST, &path, NO_BODY, TIMEOUT).await
    }
}
