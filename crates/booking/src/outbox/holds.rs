//! Sells and releases holds.

use contracts::CallError;
use futures::future::join_all;
use serde::Deserialize;
use service_kit::{
    http::correlation,
    outbox::{Handler, Message, Outcome, Relay},
};
use tokio_util::sync::CancellationToken;

use super::{RELEASE, SELL};
use crate::{
    AppState,
    bookings::{Status, store, transitions},
    error::Error,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HoldOfBooking {
    booking_id: i64,
    hold_id: String,
}

struct Sell(AppState);
struct Release(AppState);

/// Relays `hold.sell` until `stop`.
pub async fn run_sell(state: AppState, stop: CancellationToken) {
    let (pool, wake) = (state.pool.clone(), state.outbox.clone());
    Relay::new(pool, SELL, wake, Sell(state))
        .pausable()
        .run(stop)
        .await;
}

/// Relays `hold.release` until `stop`.
pub async fn run_release(state: AppState, stop: CancellationToken) {
    let (pool, wake) = (state.pool.clone(), state.outbox.clone());
    Relay::new(pool, RELEASE, wake, Release(state))
        .pausable()
        .run(stop)
        .await;
}

impl Handler for Sell {
    async fn handle(&self, batch: &[Message]) -> Vec<Outcome> {
        join_all(
            batch
                .iter()
                .map(|message| each(message, |hold| sell(&self.0, hold))),
        )
        .await
    }
}

impl Handler for Release {
    async fn handle(&self, batch: &[Message]) -> Vec<Outcome> {
        join_all(
            batch
                .iter()
                .map(|message| each(message, |hold| release(&self.0, hold))),
        )
        .await
    }
}

async fn each<F>(message: &Message, act: impl FnOnce(HoldOfBooking) -> F) -> Outcome
where
    F: Future<Output = Result<(), Error>>,
{
    let hold = match serde_json::from_value(message.payload.0.clone()) {
        Ok(hold) => hold,
        Err(error) => {
            tracing::error!(message = message.id, %error, alert = true, "unreadable outbox row");
            return Outcome::Failed;
        }
    };
    match correlation::caused_by(message.cause(), act(hold)).await {
        Ok(()) => Outcome::Done,
        Err(error) => {
            tracing::warn!(message = message.id, %error, "a hold could not be told");
            Outcome::Failed
        }
    }
}

async fn sell(state: &AppState, hold: HoldOfBooking) -> Result<(), Error> {
    match state.holds.sell(&hold.hold_id).await {
        Ok(_) => {
            transitions::mark_sold(&mut *state.pool.acquire().await?, hold.booking_id).await?;
            Ok(())
        }
        Err(CallError::Refused { code, .. }) => {
            let mut connection = state.pool.acquire().await?;
            let booking = store::find(&mut connection, hold.booking_id).await?;
            // The customer cancelled before the seats were told of the sale.
            if booking.is_some_and(|booking| booking.status == Status::Cancelled) {
                return Ok(());
            }
            tracing::error!(
                booking = hold.booking_id,
                code,
                alert = true,
                "BOOKED without seats"
            );
            Err(Error::Broken(format!(
                "booking {} is BOOKED without seats",
                hold.booking_id
            )))
        }
        Err(error) => Err(Error::Upstream(error)),
    }
}

async fn release(state: &AppState, hold: HoldOfBooking) -> Result<(), Error> {
    state
        .holds
        .release(&hold.hold_id)
        .await
        .map_err(Error::Upstream)?;
    transitions::mark_released(&mut *state.pool.acquire().await?, hold.booking_id).await?;
    Ok(())
}
