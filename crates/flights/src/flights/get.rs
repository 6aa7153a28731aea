//! `GET /api/v1/flight/{id}`, departed or not.

use axum::extract::State;
use service_kit::http::{extract::Id, reply::Reply};

use super::{Flight, store};
use crate::{
    AppState,
    error::{Error, Result},
};

/// A flight.
pub async fn handler(State(state): State<AppState>, Id(id): Id) -> Result<Reply<Flight>> {
    let flight = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Flight found",
        flight.ok_or(Error::NotFound("flight"))?,
    ))
}
