//! `GET /api/v1/flight`: flights that have not departed.

use axum::extract::State;
use service_kit::http::{
    extract::ValidQuery,
    page::{self, DEFAULT_LIMIT},
    reply::Reply,
};
use sqlx::{MySql, QueryBuilder};

use super::{
    Flight,
    filter::Filter,
    row::{FlightRow, SELECT},
    sort::Position,
};
use crate::{AppState, error::Result};

/// A page of flights.
pub async fn handler(
    State(state): State<AppState>,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<Reply<Vec<Flight>>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let sort = filter.sort.clone().unwrap_or_default();
    let after: Option<Position> = page::position(filter.cursor.as_deref())?;

    // The text is made of constants; as many are prepared as there are combinations in use.
    let mut query: QueryBuilder<MySql> = QueryBuilder::new(SELECT);
    filter.push_where(&mut query);
    if let Some(position) = &after {
        sort.check(position)?;
        sort.push_after(position, &mut query);
    }
    sort.push_order(&mut query);
    query.push(" LIMIT ").push_bind(limit + 1);

    let rows: Vec<FlightRow> = query.build_query_as().fetch_all(&state.pool).await?;
    let (rows, next) = page::cut(rows, limit, |row| sort.position(row));
    let flights = rows.into_iter().map(Flight::from).collect();
    Ok(Reply::list("Flights found", flights, limit, next))
}
