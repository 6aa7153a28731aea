//! `DELETE /api/v1/airplane/{id}/seat/{seatId}`

use axum::extract::State;
use service_kit::{
    db,
    http::{extract::PathIds, reply::Reply},
};

use super::store;
use crate::{
    AppState, airplanes,
    error::{Error, Result},
    fields::Deleted,
    scope::Scope,
};

/// Takes a seat out of an airplane.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    PathIds(ids): PathIds,
) -> Result<Reply<Deleted>> {
    let id_of = |name| ids.get(name).copied().ok_or(Error::NotFound("seat"));
    let (airplane_id, id) = (id_of("id")?, id_of("seatId")?);
    db::retry(|| delete(&state, &scope, airplane_id, id)).await?;
    Ok(Reply::ok("Seat deleted", Deleted { id }))
}

async fn delete(state: &AppState, scope: &Scope, airplane_id: i64, id: i64) -> Result<()> {
    let mut transaction = state.pool.begin().await?;
    let airplane = airplanes::store::find_for_update(&mut transaction, airplane_id).await?;
    let airplane = airplane.ok_or(Error::NotFound("airplane"))?;
    scope.require(airplane.airline.as_deref())?;
    if !store::delete(&mut transaction, airplane_id, id).await? {
        return Err(Error::NotFound("seat"));
    }
    transaction.commit().await?;
    Ok(())
}
