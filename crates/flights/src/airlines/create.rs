//! `POST /api/v1/airline`

use axum::extract::State;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, reply::Reply},
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
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Request {
    code: Designator,
    name: Line<NAME>,
}

/// Creates an airline.
pub async fn handler(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<Request>,
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
