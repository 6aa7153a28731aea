//! `GET /api/v1/airport`, with `q` by city, name or code.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::http::{
    extract::ValidQuery,
    page::{self, DEFAULT_LIMIT},
    reply::Listed,
};
use validator::Validate;

use super::{Airport, store};
use crate::{AppState, error::Result, fields::Line};

/// The longest text that is looked for.
const TEXT: usize = 60;

/// What to list.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ListAirports {
    /// Part of a city or name, or a code: the best matches first. Without it, all by id.
    q: Option<Line<TEXT>>,
    /// The most items of the page; 20 unless it is given.
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// `page.next` of the page before.
    cursor: Option<String>,
}

/// A page of airports: by id, or those that `q` finds, best first.
pub async fn handler(
    State(state): State<AppState>,
    ValidQuery(request): ValidQuery<ListAirports>,
) -> Result<Listed<Airport>> {
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
    let cursor = request.cursor.as_deref();
    let (airports, next) = match &request.q {
        None => {
            let after = page::position(cursor)?.unwrap_or(0);
            let rows = store::list(&state.pool, after, limit + 1).await?;
            page::cut(rows, limit, |airport| airport.details.id)
        }
        Some(text) => {
            let after = page::position(cursor)?.unwrap_or((-1, 0));
            let rows = store::search(&state.pool, text.as_str(), after, limit + 1).await?;
            let (rows, next) =
                page::cut(rows, limit, |(rank, airport)| (*rank, airport.details.id));
            (rows.into_iter().map(|(_, airport)| airport).collect(), next)
        }
    };
    Ok(Listed::ok("Airports found", airports, limit, next))
}
