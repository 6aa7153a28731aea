//! `GET /internal/v1/charges/{id}`: what became of this id.

use axum::{Json, extract::State};
use contracts::charges::Charge;

use super::{PaymentId, settle};
use crate::{AppState, error::Error};

/// The handler.
pub async fn handler(State(state): State<AppState>, id: PaymentId) -> Result<Json<Charge>, Error> {
    let row = settle::settled(&state.pool, &id).await?;
    row.map(|row| Json(row.into())).ok_or(Error::NotFound)
}
