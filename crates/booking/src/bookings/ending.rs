//! What every end of a booking causes, in the transaction of the conditional update that won it.

use serde_json::json;
use service_kit::outbox::enqueue;
use sqlx::MySqlConnection;

use super::{Reason, Status, store::BookingRow, transitions};
use crate::{
    answer::Answer,
    error::Error,
    idempotency,
    outbox::{self, email::Template},
};

/// Writes the event, frees the user's place, has the seats released, answers the key that waits,
/// and has the buyer told. `booking` is the row after the update.
pub async fn record(
    tx: &mut MySqlConnection,
    booking: &BookingRow,
    from: Status,
    reason: Reason,
) -> Result<(), Error> {
    transitions::append_event(
        tx,
        booking.id,
        Some(from),
        Status::Cancelled,
        reason.as_str(),
    )
    .await?;
    if from != Status::Booked && !transitions::count_down(tx, booking.user_id).await? {
        let what = format!("user {} has no unpaid hold to count down", booking.user_id);
        return Err(Error::Broken(what));
    }
    // Also where no seat was taken: the release leaves a tombstone that a late request meets.
    let release = json!({"bookingId": booking.id, "holdId": booking.hold_id});
    enqueue(tx, outbox::RELEASE, &release).await?;
    let refusal = match reason {
        Reason::NoSeats
        | Reason::InvalidFlight
        | Reason::FlightDeparted
        | Reason::CurrencyMismatch => Error::Refused(reason),
        _ => Error::BookingEnded,
    };
    let answer = Answer::problem(&refusal.problem());
    idempotency::store_for_booking(tx, booking.id, &answer).await?;
    let template = match reason {
        Reason::Expired => Some(Template::Expired),
        Reason::Customer | Reason::Airline => Some(Template::Cancelled),
        _ => None,
    };
    match template {
        Some(template) if booking.held_at.is_some() => {
            outbox::email::enqueue(tx, booking, template).await
        }
        _ => Ok(()),
    }
}
