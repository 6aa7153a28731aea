//! `GET /api/v1/flight`: flights that have not departed.

use axum::extract::State;
use service_kit::http::{
    extract::ValidQuery,
    openapi::Operation,
    page::{self, DEFAULT_LIMIT},
    reply::Listed,
};
use sqlx::{MySql, QueryBuilder};

use super::{
    Flight,
    filter::Filter,
    row::{COLUMNS, FlightRow, JOINS},
    sort::{Position, Sort},
};
use crate::{AppState, error::Result, metrics};

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("searchFlights", "Search flights").more(
        "Flights that have departed are never found. Days are local days at the departure airport.",
    )
}

/// A page of flights.
pub async fn handler(
    State(state): State<AppState>,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<Listed<Flight>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let sort = filter.sort.clone().unwrap_or_default();
    let after: Option<Position> = page::position(filter.cursor.as_deref())?;

    if let Some(position) = &after {
        sort.check(position)?;
    }
    let mut query = statement(&filter, &sort, after.as_ref(), limit);
    let rows: Vec<FlightRow> = query.build_query_as().fetch_all(&state.pool).await?;
    let (rows, next) = page::cut(rows, limit, |row| sort.position(row));
    let flights: Vec<_> = rows.into_iter().map(Flight::from).collect();
    metrics::searched(&filter, flights.len());
    Ok(Listed::ok("Flights found", flights, limit, next))
}

/// The text is made of constants; as many are prepared as there are combinations in use.
fn statement(
    filter: &Filter,
    sort: &Sort,
    after: Option<&Position>,
    limit: u32,
) -> QueryBuilder<MySql> {
    let push_page = |query: &mut QueryBuilder<MySql>| {
        filter.push_where(query);
        sort.push_start(query);
        if let Some(position) = after {
            sort.push_after(position, query);
        }
        sort.push_order(query);
        query.push(" LIMIT ").push_bind(limit + 1);
    };
    let mut query = QueryBuilder::new(COLUMNS);
    if filter.has_route() {
        // The flights of a route are few: better sorted than looked for in the order of all.
        query.push(" FROM Flight f USE INDEX (Flight_route_day, Flight_route_time)");
        query.push(JOINS);
        push_page(&mut query);
    } else {
        // The ids come from an index that has the order; rows are read for the page alone.
        query.push(" FROM (SELECT f.id FROM Flight f");
        push_page(&mut query);
        query.push(") page JOIN Flight f ON f.id = page.id");
        query.push(JOINS);
        sort.push_order(&mut query);
    }
    query
}
