//! E-mails: written with the change that causes them, pushed to the Redis queue, done once
//! notification's ledger knows them. Redis is a hint: what it loses is pushed again.

use std::{collections::HashSet, time::Duration};

use contracts::email::{BookingEmail, BookingEmailFlight, DeliveriesClient, EmailJob};
use serde::{Deserialize, Serialize};
use service_kit::{
    config::Secret,
    outbox::{self, Handler, Message, Outcome, Relay},
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

mod queue;

use queue::Queue;

/// The first look at the ledger after a push.
const FIRST_LOOK: Duration = Duration::from_millis(500);
/// Later looks.
const NEXT_LOOK: Duration = Duration::from_secs(3);
/// A job that the ledger does not know is pushed again after this many seconds at first ...
const PUSH_AGAIN_SECONDS: i64 = 30;
/// ... and later after up to this many.
const PUSH_AGAIN_AT_MOST_SECONDS: i64 = 600;
/// More attempts (the push and the looks after it) than fit in the first pause.
const LOOKS_A_PAUSE: u32 = 13;

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
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Email {
    booking_id: i64,
    to: String,
    subject: String,
    template_id: String,
    params: BookingEmail,
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
        booking_id: booking.id,
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
    };
    outbox::enqueue(tx, EMAIL, &email).await?;
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
    let courier = Courier {
        ledger,
        queue: Queue::new(redis_url),
    };
    Relay::new(state.pool, EMAIL, state.outbox, courier)
        .run(stop)
        .await;
}

struct Courier {
    ledger: DeliveriesClient,
    queue: Queue,
}

impl Handler for Courier {
    async fn handle(&self, batch: &[Message]) -> Vec<Outcome> {
        let known = self.known(batch).await;
        let mut room = self.queue.room().await;
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in batch {
            let next = decide(message, known.as_ref());
            outcomes.push(match next {
                Next::Push => self.push(message, &mut room).await,
                Next::Settled(outcome) => outcome,
            });
        }
        outcomes
    }
}

impl Courier {
    /// The jobs among those pushed before that the ledger knows; `None` if it did not answer.
    async fn known(&self, batch: &[Message]) -> Option<HashSet<String>> {
        let pushed = batch
            .iter()
            .filter(|message| message.acted_seconds_ago.is_some());
        let ids: Vec<String> = pushed.map(|message| message.id.clone()).collect();
        if ids.is_empty() {
            return Some(HashSet::new());
        }
        match self.ledger.query(ids).await {
            Ok(deliveries) => Some(
                deliveries
                    .into_iter()
                    .map(|delivery| delivery.job_id)
                    .collect(),
            ),
            Err(error) => {
                tracing::warn!(%error, "the ledger of e-mails does not answer");
                None
            }
        }
    }

    async fn push(&self, message: &Message, room: &mut Option<usize>) -> Outcome {
        match room {
            None => return Outcome::Failed,
            Some(0) => return Outcome::Wait(NEXT_LOOK),
            Some(places) => *places -= 1,
        }
        let email: Email = match serde_json::from_value(message.payload.0.clone()) {
            Ok(email) => email,
            Err(error) => {
                tracing::error!(job = message.id, %error, alert = true, "unreadable outbox row");
                return Outcome::Failed;
            }
        };
        let params = serde_json::to_value(&email.params).unwrap_or_default();
        let job = EmailJob {
            job_id: message.id.clone(),
            to: email.to,
            subject: email.subject,
            template_id: email.template_id,
            params,
        };
        match self.queue.push(job).await {
            Ok(()) => Outcome::Acted(FIRST_LOOK),
            Err(error) => {
                tracing::warn!(job = message.id, %error, "the queue cannot be reached");
                *room = None;
                Outcome::Failed
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Next {
    Push,
    Settled(Outcome),
}

/// Never pushed: push. Known: done. Not known, says the ledger, for long enough: push again. No
/// answer: wait.
fn decide(message: &Message, known: Option<&HashSet<String>>) -> Next {
    let Some(since_push) = message.acted_seconds_ago else {
        return Next::Push;
    };
    // Looks are made at a steady pace, so pauses that double hold twice as many each.
    let pauses = (message.attempts / LOOKS_A_PAUSE).max(1).ilog2();
    let push_again = (PUSH_AGAIN_SECONDS << pauses.min(8)).min(PUSH_AGAIN_AT_MOST_SECONDS);
    match known {
        None => Next::Settled(Outcome::Wait(NEXT_LOOK)),
        Some(known) if known.contains(&message.id) => Next::Settled(Outcome::Done),
        Some(_) if since_push >= push_again => Next::Push,
        Some(_) => Next::Settled(Outcome::Wait(NEXT_LOOK)),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::types::Json;

    use super::*;

    fn message(acted_seconds_ago: Option<i64>, attempts: u32) -> Message {
        let payload = Json(serde_json::Value::Null);
        Message {
            id: "job".to_owned(),
            payload,
            attempts,
            acted_seconds_ago,
        }
    }

    #[test]
    fn a_row_is_done_only_when_the_ledger_knows_it() {
        let known = HashSet::from(["job".to_owned()]);
        let unknown = HashSet::new();
        let wait = Next::Settled(Outcome::Wait(NEXT_LOOK));
        assert_eq!(decide(&message(None, 0), Some(&unknown)), Next::Push);
        assert_eq!(
            decide(&message(Some(0), 1), Some(&known)),
            Next::Settled(Outcome::Done)
        );
        assert_eq!(decide(&message(Some(5), 2), Some(&unknown)), wait);
        assert_eq!(decide(&message(Some(30), 9), Some(&unknown)), Next::Push);
        assert_eq!(decide(&message(Some(900), 9), None), wait);
    }

    /// Looks every three seconds at a ledger that never knows the job.
    #[test]
    fn a_lost_job_is_pushed_again_after_30_seconds_then_after_pauses_that_double() {
        let unknown = HashSet::new();
        let (mut now, mut pushed_at, mut attempts) = (0, 0, 1);
        let mut pauses = vec![];
        while pauses.len() < 7 {
            now += 3;
            if decide(&message(Some(now - pushed_at), attempts), Some(&unknown)) == Next::Push {
                pauses.push(now - pushed_at);
                pushed_at = now;
            }
            attempts += 1;
        }
        assert_eq!(pauses, [30, 30, 60, 120, 240, 480, 600]);
    }

    #[test]
    fn pushing_again_backs_off_to_ten_minutes() {
        let unknown = HashSet::new();
        let wait = Next::Settled(Outcome::Wait(NEXT_LOOK));
        assert_eq!(decide(&message(Some(599), 1000), Some(&unknown)), wait);
        assert_eq!(
            decide(&message(Some(600), 1000), Some(&unknown)),
            Next::Push
        );
    }
}
