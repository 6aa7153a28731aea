//! `POST /api/v1/airline`

use axum::{extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, openapi::Operation, reply::Reply},
};
use validator::Validate;

use super::{Airline, NAME, store};
use crate::{
    AppState,
    codes::Designator,
    error::{Error, Result},
    fields::Line,
};

/// The new airline.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAirline {
    /// IATA designator; no other airline has it.
    code: Designator,
    /// Its name.
    name: Line<NAME>,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("createAirline", "Create an airline")
        .answers(StatusCode::CREATED)
        .refuses(Error::Duplicate("code"))
}

/// Creates an airline.
pub async fn handler(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<CreateAirline>,
) -> Result<Reply<Airline>> {
    let code = request.code.as_str();
    let name = request.name.as_str();
    db::retry(|| store::insert(&state.pool, code, name)).await?;
    let airline = store::find(&state.pool, code).await?;
    Ok(Reply::created(
        "Airline created",
        airline.ok_or(Error::NotFound("airline"))?,
    ))
}
