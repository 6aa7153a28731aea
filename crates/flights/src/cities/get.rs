//! `GET /api/v1/city/{id}`

use axum::extract::State;
use service_kit::http::{extract::Id, reply::Reply};

use super::{City, store};
use crate::{
    AppState,
    error::{Error, Result},
};

/// A city.
pub async fn handler(State(state): State<AppState>, Id(id): Id) -> Result<Reply<City>> {
    let city = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "City found",
        city.ok_or(Error::NotFound("city"))?,
    ))
}
