//! `POST /internal/v1/holds/{holdId}/sell`

use axum::{Json, extract};
use contracts::holds::Hold;
use service_kit::db;

use super::{State, id::HoldId, store};
use crate::{
    AppState,
    error::{Error, Result},
};

/// Held seats become sold; once they are, the answer stays the same.
pub async fn handler(
    extract::State(state): extract::State<AppState>,
    id: HoldId,
) -> Result<Json<Hold>> {
    if db::retry(|| store::sell(&state.pool, &id)).await? {
        return Ok(Json(store::stored(&state.pool, &id, State::Sold).await?));
    }
    match store::state(&state.pool, &id).await? {
        Some(_) => Err(Error::Released),
        None => Err(Error::NotFound("hold")),
    }
}
