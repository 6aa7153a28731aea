//! `GET /api/v1/airplane/{id}/seat`

use axum::extract::State;
use service_kit::http::{
    extract::{Id, ValidQuery},
    page,
    reply::Listed,
};

use super::{Letter, Seat, store};
use crate::{
    AppState, airplanes,
    error::{Error, Result},
    fields::Paging,
};

/// A page of an airplane's seats, from the front.
pub async fn handler(
    State(state): State<AppState>,
    Id(airplane_id): Id,
    ValidQuery(paging): ValidQuery<Paging>,
) -> Result<Listed<Seat>> {
    let limit = paging.limit();
    let after: Option<(i16, Letter)> = page::position(paging.cursor.as_deref())?;
    let (row, col) = after
        .as_ref()
        .map_or((0, ""), |(row, col)| (*row, col.as_str()));
    let airplane = airplanes::store::find(&state.pool, airplane_id).await?;
    airplane.ok_or(Error::NotFound("airplane"))?;
    let rows = store::list(&state.pool, airplane_id, (row, col), limit + 1).await?;
    let (seats, next) = page::cut(rows, limit, |seat| (seat.row, seat.col.clone()));
    Ok(Listed::ok("Seats found", seats, limit, next))
}
