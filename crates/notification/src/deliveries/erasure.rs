//! `POST /internal/v1/users/{id}/erasure`: blanks the mails of a person, for the gateway, which asks
//! when all of them are in the ledger. What is on its way goes out, and is blanked then.

use axum::{Json, extract::State};
use contracts::erasure::Erased;
use service_kit::{db, http::extract::Id};

use super::store;
use crate::{AppState, error::Error};

/// The handler: 200, also when it was done before.
pub async fn handler(
    State(state): State<AppState>,
    Id(user_id): Id,
) -> Result<Json<Erased>, Error> {
    db::retry(|| store::erase(&state.pool, user_id)).await?;
    tracing::info!(user = user_id, "a person was erased");
    Ok(Json(Erased { user_id }))
}
