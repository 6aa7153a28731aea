//! `PUT|PATCH /api/v1/airplane/{id}`, and without `{id}` when the body has it as `id` or
//! `airplaneId`.

use axum::extract::State;
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
use sqlx::MySqlConnection;
use validator::Validate;

use super::{Airplane, AirplaneDetails, CAPACITY, MODEL, store};
use crate::{
    AppState,
    codes::Designator,
    error::{Error, Result},
    fields::{self, Given, Line, nothing_to_change},
    scope::Scope,
};

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAirplane {
    /// The airplane, where the path does not say it.
    #[serde(default)]
    #[validate(range(min = 1))]
    id: Given<i64>,
    /// The same as `id`.
    #[serde(default)]
    #[validate(range(min = 1))]
    airplane_id: Given<i64>,
    /// Model.
    #[serde(default)]
    model_number: Given<Line<MODEL>>,
    /// Seats.
    #[serde(default)]
    #[validate(range(min = 1, max = CAPACITY))]
    capacity: Given<i32>,
    /// Designator of the airline it belongs to; null shares it.
    #[serde(default)]
    airline: Given<Option<Designator>>,
}

/// It would not be there for flights that are on sale.
pub(super) const FLIES_FOR_ANOTHER: Error =
    Error::InUse("Flights of another airline use this airplane");
const SELLS_MORE_SEATS: Error = Error::InUse("A flight of this airplane sells more seats");

/// What can be changed.
const FIELDS: [&str; 3] = ["modelNumber", "capacity", "airline"];

/// What the document says of it where the body says which.
pub fn doc_by_body(id: &'static str) -> Operation {
    doc(id).with(|shape| shape.needs_one_of(&["id", "airplaneId"]))
}

/// What the document says of it.
pub fn doc(id: &'static str) -> Operation {
    Operation::new(id, "Change an airplane")
        .with(|shape| shape.needs_one_of(&FIELDS))
        .more("What is left out stays as it is.")
        .refuses(Error::NotFound("airplane"))
        .refuses(FLIES_FOR_ANOTHER)
        .refuses(SELLS_MORE_SEATS)
}

/// Changes the airplane of the path.
pub async fn by_path(
    State(state): State<AppState>,
    scope: Scope,
    Id(id): Id,
    ValidJson(request): ValidJson<UpdateAirplane>,
) -> Result<Reply<Airplane>> {
    let id = fields::target(&[Some(id), *request.id, *request.airplane_id])?;
    answer(&state, &scope, id, &request).await
}

/// Changes the airplane that the body names.
pub async fn by_body(
    State(state): State<AppState>,
    scope: Scope,
    ValidJson(request): ValidJson<UpdateAirplane>,
) -> Result<Reply<Airplane>> {
    let id = fields::target(&[*request.id, *request.airplane_id])?;
    answer(&state, &scope, id, &request).await
}

async fn answer(
    state: &AppState,
    scope: &Scope,
    id: i64,
    request: &UpdateAirplane,
) -> Result<Reply<Airplane>> {
    if request.model_number.is_none() && request.capacity.is_none() && request.airline.is_none() {
        return Err(nothing_to_change(&FIELDS).into());
    }
    db::retry(|| update(state, scope, id, request)).await?;
    let airplane = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Airplane updated",
        airplane.ok_or(Error::NotFound("airplane"))?,
    ))
}

async fn update(state: &AppState, scope: &Scope, id: i64, request: &UpdateAirplane) -> Result<()> {
    let mut transaction = state.pool.begin().await?;
    let airplane = store::find_for_update(&mut transaction, id).await?;
    let mut airplane = airplane.ok_or(Error::NotFound("airplane"))?;
    scope.require(airplane.airline.as_deref())?;
    if let Some(airline) = &request.airline.0 {
        let before = airplane.airline.clone();
        airplane.airline = airline.as_ref().map(Designator::to_string);
        scope.require(airplane.airline.as_deref())?;
        if before != airplane.airline {
            check_flights(&mut transaction, &airplane).await?;
        }
    }
    if let Some(model) = &request.model_number.0 {
        airplane.model_number = model.as_str().to_owned();
    }
    airplane.capacity = request.capacity.unwrap_or(airplane.capacity);
    if !store::update(&mut transaction, &airplane).await? {
        return Err(SELLS_MORE_SEATS);
    }
    transaction.commit().await?;
    Ok(())
}

/// Refuses to give an airplane to one airline while another's flights need it.
async fn check_flights(db: &mut MySqlConnection, airplane: &AirplaneDetails) -> Result<()> {
    let Some(airline) = &airplane.airline else {
        return Ok(());
    };
    match store::flies_for_another(db, airplane.id, airline, true).await? {
        true => Err(FLIES_FOR_ANOTHER),
        false => Ok(()),
    }
}
