//! `POST /api/v1/city`

use axum::{extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, openapi::Operation, reply::Reply},
};
use validator::Validate;

use super::{City, NAME, store};
use crate::{
    AppState,
    error::{Error, Result},
    fields::Line,
};

/// The new city.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCity {
    /// Its name; no other city has it.
    city: Line<NAME>,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("createCity", "Create a city")
        .answers(StatusCode::CREATED)
        .refuses(Error::Duplicate("city"))
}

/// Creates a city.
pub async fn handler(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<CreateCity>,
) -> Result<Reply<City>> {
    let name = request.city.as_str();
    let id = db::retry(|| store::insert(&state.pool, name)).await?;
    let city = store::find(&state.pool, id).await?;
    Ok(Reply::created(
        "City created",
        city.ok_or(Error::NotFound("city"))?,
    ))
}
