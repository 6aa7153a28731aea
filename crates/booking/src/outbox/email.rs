//! E-mails: written with the change that causes them, pushed to the Redis queue, done once
//! notification's ledger knows them. Redis is a hint: what it loses is pushed again.

use contracts::email::{
    BookingEmail, BookingEmailFlight, DeliveriesClient, Email, EmailJob, QUEUE,
};
use serde::Serialize;
use service_kit::{
    config::Secret,
    outbox::{self, Courier, Message, Relay},
    str_enum,
};
use sqlx::MySqlConnection;
use tokio_util::sync::CancellationToken;

use super::EMAIL;
use crate::{
    AppState,
    bookings::store::{self, BookingRow, ItemRow},
    error::Error,
    money,
};

str_enum! {
    /// The e-mails that booking has sent.
    pub enum Template {
        /// Paid and booked.
        Success = "booking_success",
        /// Nobody paid in time.
        Expired = "booking_expired",
        /// Cancelled by the customer or the airline.
        Cancelled = "booking_cancelled",
    }
}

/// The payload of an e-mail's outbox row.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    booking_id: i64,
    #[serde(flatten)]
    email: Email<BookingEmail>,
}

/// Writes an e-mail to the booking's contact in the transaction of what it tells of.
pub async fn enqueue(
    tx: &mut MySqlConnection,
    booking: &BookingRow,
    template: Template,
) -> Result<(), Error> {
    let items = store::items(tx, booking.id).await?;
    let subject = match template {
        Template::Success => format!("Your booking {} is confirmed", booking.reference),
        Template::Expired => format!("Your booking {} has expired", booking.reference),
        Template::Cancelled => format!("Your booking {} is cancelled", booking.reference),
    };
    let email = Email {
        to: booking.contact_email.clone(),
        subject,
        template_id: template.as_str().to_owned(),
        params: BookingEmail {
            name: booking.contact_name.clone(),
            reference: booking.reference.clone(),
            total: money::display(
                booking.total_cost,
                booking.currency.as_deref().unwrap_or(""),
            ),
            refunded: booking.refund_status.is_some(),
            flights: items.into_iter().filter_map(flight_of_email).collect(),
        },
        user_id: Some(booking.user_id),
    };
    let payload = Payload {
        booking_id: booking.id,
        email,
    };
    outbox::enqueue(tx, EMAIL, &payload).await?;
    Ok(())
}

fn flight_of_email(item: ItemRow) -> Option<BookingEmailFlight> {
    const FORMAT: &str = "%a %d %b %Y %H:%M";
    let flight = item.flight?.0;
    Some(BookingEmailFlight {
        departure: flight.departure_local.format(FORMAT).to_string(),
        arrival: flight.arrival_local.format(FORMAT).to_string(),
        flight_number: flight.flight_number,
        from: flight.departure_airport_id,
        to: flight.arrival_airport_id,
        seats: item.no_of_seats,
    })
}

/// Relays `email` until `stop`.
pub async fn run(
    state: AppState,
    ledger: DeliveriesClient,
    redis_url: Secret,
    stop: CancellationToken,
) {
    let courier = Courier::new(redis_url, QUEUE, job, move |ids| {
        let ledger = ledger.clone();
        async move { ledger.known(ids).await }
    });
    Relay::new(state.pool, EMAIL, state.outbox, courier)
        .pausable()
        .run(stop)
        .await;
}

fn job(message: &Message) -> serde_json::Result<EmailJob> {
    EmailJob::from_row(&message.id, &message.payload, message.cause())
}
