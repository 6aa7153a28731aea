//! `POST /internal/v1/charges`: takes the money, or says again what became of this id.

use std::time::Duration;

use axum::{Json, extract::State};
use contracts::charges::Charge;
use serde::Deserialize;
use service_kit::{db, http::extract::ValidJson};
use validator::{Validate, ValidationError};

use super::{PaymentId, Token, settle, store};
use crate::{AppState, error::Error};

/// An answer held back this long comes after the caller's time-out (6 s), before the request's
/// deadline (10 s).
const TOO_LATE: Duration = Duration::from_secs(8);

/// The body; see [`contracts::charges::ChargeRequest`].
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCharge {
    /// The key of everything.
    pub id: PaymentId,
    /// Minor units.
    #[validate(range(min = 1))]
    pub amount: i64,
    /// ISO 4217.
    #[validate(custom(function = "is_currency"))]
    pub currency: String,
    /// What stands for the card.
    pub token: Token,
}

fn is_currency(code: &str) -> Result<(), ValidationError> {
    match code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        true => Ok(()),
        false => Err(ValidationError::new("currency")
            .with_message("must be an ISO 4217 code in upper case".into())),
    }
}

/// The handler.
pub async fn handler(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<NewCharge>,
) -> Result<Json<Charge>, Error> {
    let charge = take(&state, &request).await?;
    if request.token == Token::TokTimeoutCharged {
        tokio::time::sleep(TOO_LATE).await;
    }
    Ok(Json(charge))
}

async fn take(state: &AppState, request: &NewCharge) -> Result<Charge, Error> {
    let Some(decision) = request.token.decision() else {
        return get_lost(state, request).await;
    };
    let claimed =
        db::retry(|| store::insert(&state.pool, request, decision, state.charge_delay)).await?;
    if claimed && !state.charge_delay.is_zero() {
        // The decision falls due by the database's clock: a moment more, so that it has.
        tokio::time::sleep(state.charge_delay + Duration::from_millis(2)).await;
    }
    stored(state, request).await?.ok_or(Error::NotFound)
}

/// Leaves nothing behind, so that a void wins the id. A charge that is there already answers.
async fn get_lost(state: &AppState, request: &NewCharge) -> Result<Charge, Error> {
    if let Some(charge) = stored(state, request).await? {
        return Ok(charge);
    }
    tokio::time::sleep(TOO_LATE).await;
    Err(Error::NoAnswer)
}

async fn stored(state: &AppState, request: &NewCharge) -> Result<Option<Charge>, Error> {
    match settle::settled(&state.pool, &request.id).await? {
        Some(row) if row.is_tombstone() || row.is_for(request.amount, &request.currency) => {
            Ok(Some(row.into()))
        }
        Some(_) => Err(Error::ChargeMismatch),
        None => Ok(None),
    }
}
