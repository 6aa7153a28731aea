//! `POST /api/v1/airplane`

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, openapi::Operation, reply::Reply},
};
use validator::Validate;

use super::{Airplane, CAPACITY, MODEL, store};
use crate::{
    AppState,
    codes::Designator,
    error::{Error, Result},
    fields::Line,
    scope::Scope,
};

/// The new airplane. An airline's people may leave out `airline`: it is theirs.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAirplane {
    /// Model.
    model_number: Line<MODEL>,
    /// Seats.
    #[validate(range(min = 1, max = CAPACITY))]
    capacity: i32,
    /// Designator of the airline it belongs to; without one it is shared.
    #[serde(default)]
    airline: Option<Designator>,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("createAirplane", "Create an airplane")
        .more(
            "It answers 200, as the original did. `airline` is your own unless you say otherwise.",
        )
        .refuses(Error::Forbidden)
}

/// Creates an airplane. Answers 200, as the original did.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    ValidJson(request): ValidJson<CreateAirplane>,
) -> Result<Reply<Airplane>> {
    let given = request.airline.as_ref().map(Designator::as_str);
    let airline = given.or(scope.airline());
    scope.require(airline)?;
    let model = request.model_number.as_str();
    let insert = || store::insert(&state.pool, model, request.capacity, airline);
    let id = db::retry(insert).await?;
    let airplane = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Airplane created",
        airplane.ok_or(Error::NotFound("airplane"))?,
    ))
}
