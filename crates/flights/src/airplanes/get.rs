//! `GET /api/v1/airplane/{id}`

use axum::extract::State;
use service_kit::http::{extract::Id, reply::Reply};

use super::{Airplane, store};
use crate::{
    AppState,
    error::{Error, Result},
};

/// An airplane.
pub async fn handler(State(state): State<AppState>, Id(id): Id) -> Result<Reply<Airplane>> {
    let airplane = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Airplane found",
        airplane.ok_or(Error::NotFound("airplane"))?,
    ))
}
