//! `GET /booking/{id}`.

use axum::extract::State;
use contracts::role;
use service_kit::{
    http::{extract::Id, layers::Caller, reply::Reply},
    identity::User,
};
use sqlx::MySqlConnection;

use super::{
    store::{self, BookingRow},
    view::BookingView,
};
use crate::{AppState, error::Error};

/// The handler: the booking, if it is the caller's.
pub async fn get(
    State(state): State<AppState>,
    Caller(user): Caller,
    Id(id): Id,
) -> Result<Reply<BookingView>, Error> {
    let mut connection = state.pool.acquire().await?;
    let booking = find_for(&mut connection, id, &user).await?;
    Ok(Reply::ok(
        "Booking found",
        store::view(&mut connection, booking).await?,
    ))
}

/// The booking, if this user may know of it: its buyer, or an administrator.
pub async fn find_for(
    connection: &mut MySqlConnection,
    id: i64,
    user: &User,
) -> Result<BookingRow, Error> {
    let booking = store::find(connection, id).await?;
    booking
        .filter(|booking| booking.user_id == user.id || user.has_role(role::ADMIN))
        .ok_or(Error::NoSuchBooking)
}
