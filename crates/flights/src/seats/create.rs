//! `POST /api/v1/airplane/{id}/seat`

use axum::{extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
        openapi::Operation,
        reply::Reply,
    },
};
use validator::Validate;

use super::{Letter, Seat, SeatType, store};
use crate::{
    AppState, airplanes,
    error::{Error, Result},
    fields::Given,
    scope::Scope,
};

/// The new seat; economy unless it says otherwise.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateSeat {
    /// Row, from 1.
    #[validate(range(min = 1, max = 200))]
    row: i16,
    /// Letter, A to Z.
    col: Letter,
    /// The cabin it is in.
    #[serde(default)]
    r#type: Given<SeatType>,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("createSeat", "Add a seat to an airplane")
        .answers(StatusCode::CREATED)
        .refuses(Error::Duplicate("col"))
}

/// Adds a seat to an airplane.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    Id(airplane_id): Id,
    ValidJson(request): ValidJson<CreateSeat>,
) -> Result<Reply<Seat>> {
    let seat = db::retry(|| create(&state, &scope, airplane_id, &request)).await?;
    Ok(Reply::created("Seat created", seat))
}

async fn create(
    state: &AppState,
    scope: &Scope,
    airplane_id: i64,
    request: &CreateSeat,
) -> Result<Seat> {
    let mut transaction = state.pool.begin().await?;
    let airplane = airplanes::store::find_for_update(&mut transaction, airplane_id).await?;
    let airplane = airplane.ok_or(Error::NotFound("airplane"))?;
    scope.require(airplane.airline.as_deref())?;
    let r#type = request.r#type.unwrap_or(SeatType::Economy);
    let (row, col) = (request.row, request.col.as_str());
    let id = store::insert(&mut transaction, airplane_id, row, col, r#type).await?;
    let seat = store::find(&mut transaction, id).await?;
    transaction.commit().await?;
    seat.ok_or(Error::NotFound("seat"))
}
