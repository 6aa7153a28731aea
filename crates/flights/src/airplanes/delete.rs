//! `DELETE /api/v1/airplane/{id}`

use axum::extract::State;
use service_kit::{
    db,
    http::{extract::Id, openapi::Operation, reply::Reply},
};

use super::{store, update::FLIES_FOR_ANOTHER};
use crate::{
    AppState,
    error::{Error, Result},
    fields::Deleted,
    scope::Scope,
};

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new(
        "deleteAirplane",
        "Delete an airplane with its seats and flights",
    )
    .refuses(store::HAS_BOOKINGS)
    .refuses(FLIES_FOR_ANOTHER)
}

/// Deletes an airplane with its seats and flights, unless seats of a flight are held or sold. An
/// airline's people delete no flights of another airline with it.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    Id(id): Id,
) -> Result<Reply<Deleted>> {
    db::retry(|| delete(&state, &scope, id)).await?;
    Ok(Reply::ok("Airplane deleted", Deleted { id }))
}

async fn delete(state: &AppState, scope: &Scope, id: i64) -> Result<()> {
    let mut transaction = state.pool.begin().await?;
    let airplane = store::find_for_update(&mut transaction, id).await?;
    let airplane = airplane.ok_or(Error::NotFound("airplane"))?;
    scope.require(airplane.airline.as_deref())?;
    if let Some(airline) = scope.airline()
        && store::flies_for_another(&mut transaction, id, airline, false).await?
    {
        return Err(FLIES_FOR_ANOTHER);
    }
    store::delete(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(())
}
