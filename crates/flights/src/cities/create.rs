//! `POST /api/v1/city`

use axum::extract::State;
use serde::Deserialize;
use service_kit::http::{extract::ValidJson, reply::Reply};
use validator::Validate;

use super::{City, NAME, store};
use crate::{
    AppState,
    error::{Error, Result},
    fields::Line,
};

/// The new city.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Request {
    city: Line<NAME>,
}

/// Creates a city.
pub async fn handler(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<Request>,
) -> Result<Reply<City>> {
    let mut connection = state.pool.acquire().await?;
    let id = store::insert(&mut connection, request.city.as_str()).await?;
    drop(connection);
    let city = store::find(&state.pool, id).await?;
    Ok(Reply::created(
        "City created",
        city.ok_or(Error::NotFound("city"))?,
    ))
}
