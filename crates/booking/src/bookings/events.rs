//! `GET /booking/{id}/events`: the timeline of a booking.

use axum::extract::State;
use service_kit::http::{extract::Id, layers::Caller, reply::Reply};

use super::{
    get::find_for,
    store::{self, EventRow},
};
use crate::{AppState, error::Error};

/// The handler: transitions, oldest first.
pub async fn events(
    State(state): State<AppState>,
    Caller(user): Caller,
    Id(id): Id,
) -> Result<Reply<Vec<EventRow>>, Error> {
    let mut connection = state.pool.acquire().await?;
    let booking = find_for(&mut connection, id, &user).await?;
    Ok(Reply::ok(
        "Timeline found",
        store::events(&mut connection, booking.id).await?,
    ))
}
