//! `GET /api/v1/airport/{id}`

use axum::extract::State;
use service_kit::http::{extract::Id, reply::Reply};

use super::{Airport, store};
use crate::{
    AppState,
    error::{Error, Result},
};

/// An airport.
pub async fn handler(State(state): State<AppState>, Id(id): Id) -> Result<Reply<Airport>> {
    let airport = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Airport found",
        airport.ok_or(Error::NotFound("airport"))?,
    ))
}
