//! Ends bookings that nobody paid in time, and those whose seats were never learnt about. Runs
//! on every replica: each row is claimed by its conditional update.

use std::time::Duration;

use service_kit::db;
use tokio_util::sync::CancellationToken;

use crate::{
    AppState,
    bookings::{Reason, Status, ending, store, transitions},
    error::Error,
    heartbeat::SWEEPER,
    metrics,
};

const PAUSE: Duration = Duration::from_secs(1);

/// Sweeps every second until `stop`.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut heartbeat = state.heartbeat(SWEEPER);
    loop {
        let swept = sweep(&state).await;
        if let Err(error) = &swept {
            tracing::warn!(%error, "the sweeper will try again");
        }
        heartbeat.beat(&swept).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// How many bookings this replica ended.
async fn sweep(state: &AppState) -> Result<usize, Error> {
    let (expired, abandoned) = transitions::due(&mut *state.pool.acquire().await?).await?;
    let mut ended = 0;
    for id in expired {
        ended += usize::from(db::retry(|| end(state, id, Reason::Expired)).await?);
    }
    for id in abandoned {
        ended += usize::from(db::retry(|| end(state, id, Reason::Abandoned)).await?);
    }
    Ok(ended)
}

/// Whether it was this replica that did.
async fn end(state: &AppState, id: i64, reason: Reason) -> Result<bool, Error> {
    let mut tx = state.pool.begin().await?;
    let ended = match reason {
        Reason::Expired => transitions::end_expired(&mut tx, id).await?,
        _ => transitions::end_abandoned(&mut tx, id).await?,
    };
    if !ended {
        return Ok(false);
    }
    let booking = store::find(&mut tx, id)
        .await?
        .ok_or(Error::NoSuchBooking)?;
    ending::record(&mut tx, &booking, Status::Initiated, reason).await?;
    tx.commit().await?;
    state.outbox.notify();
    if reason == Reason::Expired {
        metrics::expired();
    }
    tracing::info!(booking = id, %reason, "a booking ended");
    Ok(true)
}
