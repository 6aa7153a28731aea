//! `GET /api/v1/city`

use axum::extract::State;
use service_kit::http::{extract::ValidQuery, page, reply::Listed};

use super::{City, store};
use crate::{AppState, error::Result, fields::Paging};

/// A page of cities by id.
pub async fn handler(
    State(state): State<AppState>,
    ValidQuery(paging): ValidQuery<Paging>,
) -> Result<Listed<City>> {
    let limit = paging.limit();
    let after: Option<i64> = page::position(paging.cursor.as_deref())?;
    let rows = store::list(&state.pool, after.unwrap_or(0), limit + 1).await?;
    let (cities, next) = page::cut(rows, limit, |city| city.id);
    Ok(Listed::ok("Cities found", cities, limit, next))
}
