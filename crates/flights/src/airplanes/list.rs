//! `GET /api/v1/airplane`

use axum::extract::State;
use service_kit::http::{extract::ValidQuery, page, reply::Listed};

use super::{Airplane, store};
use crate::{AppState, error::Result, fields::Paging};

/// A page of airplanes by id.
pub async fn handler(
    State(state): State<AppState>,
    ValidQuery(paging): ValidQuery<Paging>,
) -> Result<Listed<Airplane>> {
    let limit = paging.limit();
    let after: Option<i64> = page::position(paging.cursor.as_deref())?;
    let rows = store::list(&state.pool, after.unwrap_or(0), limit + 1).await?;
    let (airplanes, next) = page::cut(rows, limit, |airplane| airplane.details.id);
    Ok(Listed::ok("Airplanes found", airplanes, limit, next))
}
