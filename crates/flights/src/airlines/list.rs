//! `GET /api/v1/airline`

use axum::extract::State;
use service_kit::http::{extract::ValidQuery, page, reply::Listed};

use super::{Airline, store};
use crate::{AppState, codes::Designator, error::Result, fields::Paging};

/// A page of airlines by designator.
pub async fn handler(
    State(state): State<AppState>,
    ValidQuery(paging): ValidQuery<Paging>,
) -> Result<Listed<Airline>> {
    let limit = paging.limit();
    let after: Option<Designator> = page::position(paging.cursor.as_deref())?;
    let after = after.map_or(String::new(), |code| code.to_string());
    let rows = store::list(&state.pool, &after, limit + 1).await?;
    let (airlines, next) = page::cut(rows, limit, |airline| airline.code.clone());
    Ok(Listed::ok("Airlines found", airlines, limit, next))
}
