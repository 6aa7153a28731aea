//! `DELETE /api/v1/flight/{id}`

use axum::extract::State;
use service_kit::{
    db,
    http::{extract::Id, openapi::Operation, reply::Reply},
};

use super::store;
use crate::{
    AppState,
    error::{Error, Result},
    fields::Deleted,
    scope::Scope,
};

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("deleteFlight", "Delete a flight").refuses(Error::FlightHasBookings)
}

/// Deletes a flight, unless seats of it are held or sold, or were until lately.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    Id(id): Id,
) -> Result<Reply<Deleted>> {
    let airline = store::airline_of(&state.pool, id).await?;
    scope.require(Some(&airline.ok_or(Error::NotFound("flight"))?))?;
    match db::retry(|| store::delete(&state.pool, id)).await? {
        true => Ok(Reply::ok("Flight deleted", Deleted { id })),
        false => Err(Error::NotFound("flight")),
    }
}
