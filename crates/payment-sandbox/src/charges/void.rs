//! `POST /internal/v1/charges/{id}/void`: makes sure of an end. An id that has not come gets a
//! tombstone, and its charge will be declined; else the answer is what became of it.

use axum::{Json, extract::State};
use contracts::charges::Charge;
use service_kit::db;

use super::{PaymentId, settle, store};
use crate::{AppState, error::Error};

/// The handler.
pub async fn handler(State(state): State<AppState>, id: PaymentId) -> Result<Json<Charge>, Error> {
    db::retry(|| store::insert_tombstone(&state.pool, &id)).await?;
    let row = settle::settled(&state.pool, &id).await?;
    row.map(|row| Json(row.into())).ok_or(Error::NotFound)
}
