//! Settles a payment: the one function that turns a provider's outcome into facts. The request,
//! the reconciler and any webhook call it; whoever comes second changes nothing.

use serde_json::json;
use service_kit::{db, http::reply::Reply, outbox::enqueue};
use sqlx::MySqlConnection;

use super::store;
use crate::{
    AppState,
    answer::Answer,
    bookings::{
        self, Reason, Status, ending,
        store::BookingRow,
        transitions::{append_event, count_down},
    },
    error::Error,
    idempotency,
    metrics::{self, Settled},
    outbox::{self, email::Template},
};

/// What the provider says for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money was taken.
    Captured,
    /// No money was taken and none will be; why.
    Declined(String),
}

/// Stores the outcome and what follows from it. The answer to the payment, if this call or an
/// earlier one gave it.
pub async fn settle(
    state: &AppState,
    payment: &str,
    outcome: &Outcome,
) -> Result<Option<Answer>, Error> {
    let (settled, answer) = db::retry(|| settle_once(state, payment, outcome)).await?;
    if let Some(settled) = settled {
        metrics::settled(settled);
    }
    state.outbox.notify();
    state.refunds.notify();
    Ok(answer)
}

async fn settle_once(state: &AppState, payment: &str, outcome: &Outcome) -> Result<Change, Error> {
    let mut tx = state.pool.begin().await?;
    let row = store::find(&mut tx, payment).await?;
    let booking = row
        .ok_or_else(|| Error::Broken(format!("no payment {payment}")))?
        .booking_id;
    let (settled, answer) = match outcome {
        Outcome::Captured => captured(&mut tx, booking, payment).await?,
        Outcome::Declined(reason) => declined(&mut tx, booking, payment, reason).await?,
    };
    let answer = match answer {
        Some(answer) => {
            idempotency::store_for_payment(&mut tx, payment, &answer).await?;
            Some(answer)
        }
        None => idempotency::answer_for_payment(&mut tx, payment).await?,
    };
    tx.commit().await?;
    Ok((settled, answer))
}

/// What this call changed, if it was the first to say so, and the answer that follows from it.
type Change = (Option<Settled>, Option<Answer>);

/// The booking is paid; or, if it no longer waits for this payment, the money goes back.
async fn captured(tx: &mut MySqlConnection, booking: i64, payment: &str) -> Result<Change, Error> {
    let booked = store::book(tx, booking, payment).await?;
    let first = store::mark_captured(tx, payment).await?;
    match (booked, first) {
        (true, true) => {
            let answer = paid(tx, booking, payment).await?;
            Ok((Some(Settled::Captured), Some(answer)))
        }
        (false, false) => Ok((None, None)),
        (false, true) => {
            tracing::error!(
                payment,
                booking,
                alert = true,
                "captured for nothing: refunding"
            );
            store::insert_refund(tx, payment).await?;
            Ok((Some(Settled::CapturedLate), None))
        }
        (true, false) => Err(Error::Broken(format!(
            "payment {payment} was captured while PENDING"
        ))),
    }
}

async fn paid(tx: &mut MySqlConnection, booking: i64, payment: &str) -> Result<Answer, Error> {
    append_event(
        tx,
        booking,
        Some(Status::Pending),
        Status::Booked,
        "CAPTURED",
    )
    .await?;
    let row = load(tx, booking).await?;
    if !count_down(tx, row.user_id).await? {
        return Err(Error::Broken(format!(
            "user {} has no unpaid hold",
            row.user_id
        )));
    }
    let sell = json!({"bookingId": booking, "holdId": row.hold_id, "paymentId": payment});
    enqueue(tx, outbox::SELL, &sell).await?;
    outbox::email::enqueue(tx, &row, Template::Success).await?;
    let view = bookings::store::view(tx, row).await?;
    Ok(Answer::reply(&Reply::ok(
        "Payment successful, your flights are booked",
        view,
    )))
}

/// The booking waits again, or has run out of time.
async fn declined(
    tx: &mut MySqlConnection,
    booking: i64,
    payment: &str,
    reason: &str,
) -> Result<Change, Error> {
    let reopened = store::reopen(tx, booking, payment).await?;
    let failed = !reopened && store::fail(tx, booking, payment).await?;
    if !store::mark_declined(tx, payment, reason).await? {
        return match reopened || failed {
            true => Err(Error::Broken(format!(
                "payment {payment} had an outcome while PENDING"
            ))),
            false => Ok((None, None)),
        };
    }
    if reopened {
        append_event(
            tx,
            booking,
            Some(Status::Pending),
            Status::Initiated,
            "DECLINED",
        )
        .await?;
    }
    if failed {
        let row = load(tx, booking).await?;
        ending::record(tx, &row, Status::Pending, Reason::PaymentFailed).await?;
    }
    let answer = Answer::problem(&Error::PaymentDeclined.problem());
    Ok((Some(Settled::Declined), Some(answer)))
}

async fn load(tx: &mut MySqlConnection, booking: i64) -> Result<BookingRow, Error> {
    let row = bookings::store::find(tx, booking).await?;
    row.ok_or_else(|| Error::Broken(format!("booking {booking} is gone")))
}
