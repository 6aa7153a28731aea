//! `POST /internal/v1/charges/{id}/refund`: gives back the whole amount, once.

use axum::{Json, extract::State};
use contracts::charges::Charge;
use service_kit::db;

use super::{PaymentId, settle, store};
use crate::{AppState, error::Error};

/// The handler.
pub async fn handler(State(state): State<AppState>, id: PaymentId) -> Result<Json<Charge>, Error> {
    db::retry(|| store::settle(&state.pool, &id)).await?;
    if !db::retry(|| store::insert_refund(&state.pool, &id)).await? {
        return Err(Error::NotCaptured);
    }
    let row = settle::settled(&state.pool, &id).await?;
    row.map(|row| Json(row.into())).ok_or(Error::NotFound)
}
