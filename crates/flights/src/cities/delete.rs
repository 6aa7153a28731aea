//! `DELETE /api/v1/city/{id}`

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
    Operation::new(
        "deleteCity",
        "Delete a city with its airports and their flights",
    )
    .refuses(store::HAS_BOOKINGS)
}

/// Deletes a city with its airports and their flights, unless seats of one are held or sold.
pub async fn handler(State(state): State<AppState>, Id(id): Id) -> Result<Reply<Deleted>> {
    match db::retry(|| store::delete(&state.pool, id)).await? {
        true => Ok(Reply::ok("City deleted", Deleted { id })),
        false => Err(Error::NotFound("city")),
    }
}
