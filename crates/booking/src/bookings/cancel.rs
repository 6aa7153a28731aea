//! `POST /booking/{id}/cancel`: before payment, or after it with a full refund until departure.

use axum::extract::State;
use service_kit::{
    db,
    http::{extract::Id, layers::Caller, openapi::Operation, reply::Reply},
    identity::User,
};

use super::{
    Reason, Status, ending,
    get::find_for,
    store::{self, BookingRow},
    transitions,
    view::BookingView,
};
use crate::{AppState, error::Error, payments};

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("cancelBooking", "Cancel a booking")
        .more("Before payment, or after it with a full refund. Doing it again changes nothing.")
        .refuses(&Error::PaymentInProgress)
        .refuses(&Error::Departed)
}

/// The handler: 200 with the cancelled booking, also when it was cancelled already.
pub async fn cancel(
    State(state): State<AppState>,
    Caller(user): Caller,
    Id(id): Id,
) -> Result<Reply<BookingView>, Error> {
    let booking = db::retry(|| cancel_once(&state, id, &user)).await?;
    state.outbox.notify();
    state.refunds.notify();
    let mut connection = state.pool.acquire().await?;
    Ok(Reply::ok(
        "Booking cancelled",
        store::view(&mut connection, booking).await?,
    ))
}

async fn cancel_once(state: &AppState, id: i64, user: &User) -> Result<BookingRow, Error> {
    let mut tx = state.pool.begin().await?;
    find_for(&mut tx, id, user).await?;
    let from = if transitions::end_unpaid(&mut tx, id).await? {
        Status::Initiated
    } else if transitions::end_booked(&mut tx, id).await? {
        Status::Booked
    } else {
        return why_not(find_for(&mut tx, id, user).await?);
    };
    let booking = find_for(&mut tx, id, user).await?;
    if from == Status::Booked {
        let paid = booking.payment_id.as_deref();
        let paid = paid.ok_or_else(|| Error::Broken(format!("booking {id} BOOKED unpaid")))?;
        payments::store::insert_refund(&mut tx, paid).await?;
    }
    ending::record(&mut tx, &booking, from, Reason::Customer).await?;
    let cancelled = find_for(&mut tx, id, user).await?;
    tx.commit().await?;
    Ok(cancelled)
}

/// Neither update matched: cancelled already is fine, the rest is a conflict.
fn why_not(booking: BookingRow) -> Result<BookingRow, Error> {
    match booking.status {
        Status::Cancelled => Ok(booking),
        Status::Pending => Err(Error::PaymentInProgress),
        Status::Booked => Err(Error::Departed),
        // A declined payment brought it back this very moment.
        Status::Initiated => Err(Error::PaymentInProgress),
    }
}
