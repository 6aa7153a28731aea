//! `POST /api/v1/city`

use axum::extract::State;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, reply::Reply},
};
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
    let name = request.city.as_str();
    let id = db::retry(|| store::insert(&state.pool, name)).await?;
    let city = store::find(&state.pool, id).await?;
    Ok(Reply::created(
        "City created",
        city.ok_or(Error::NotFound("city"))?,
    ))
}
