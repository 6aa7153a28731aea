//! `DELETE /api/v1/airport/{id}`

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
};

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("deleteAirport", "Delete an airport with its flights")
        .refuses(store::HAS_BOOKINGS)
}

/// Deletes an airport with its flights, unless seats of one are held or sold.
pub async fn handler(State(state): State<AppState>, Id(id): Id) -> Result<Reply<Deleted>> {
    match db::retry(|| store::delete(&state.pool, id)).await? {
        true => Ok(Reply::ok("Airport deleted", Deleted { id })),
        false => Err(Error::NotFound("airport")),
    }
}
