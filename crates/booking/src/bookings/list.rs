//! `GET /booking`: the caller's bookings, newest first.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::http::{
    extract::ValidQuery,
    layers::Caller,
    page::{self, DEFAULT_LIMIT},
    reply::Listed,
};
use validator::Validate;

use super::{Status, store, view::BookingView};
use crate::{AppState, error::Error};

/// The query string.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ListBookings {
    /// Only those that stand so.
    status: Option<Status>,
    /// The most items of the page; 20 unless it is given.
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// `page.next` of the page before.
    cursor: Option<String>,
}

/// The handler: a page of bookings that had seats at some time.
pub async fn list(
    State(state): State<AppState>,
    Caller(user): Caller,
    ValidQuery(query): ValidQuery<ListBookings>,
) -> Result<Listed<BookingView>, Error> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let before: i64 = page::position(query.cursor.as_deref())?.unwrap_or(i64::MAX);
    let mut connection = state.pool.acquire().await?;
    let rows =
        store::page_of_user(&mut connection, user.id, query.status, before, limit + 1).await?;
    let (rows, next) = page::cut(rows, limit, |row| row.id);
    let bookings = store::views(&mut connection, rows).await?;
    Ok(Listed::ok("Bookings found", bookings, limit, next))
}
