//! Drives refunds until the provider has given the money back.

use std::time::Duration;

use contracts::CallError;
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use super::{RefundStatus, store};
use crate::{AppState, error::Error, heartbeat::REFUNDS, metrics};

const PAUSE: Duration = Duration::from_secs(1);
const AT_A_TIME: usize = 8;

/// Drives due refunds when woken, and every second, until `stop`. One that fails is due again
/// when its lease ends.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut heartbeat = state.heartbeat(REFUNDS);
    loop {
        let driven = drive_due(&state).await;
        if let Err(error) = &driven {
            tracing::warn!(%error, "refunds cannot be read");
        }
        heartbeat.beat(&driven).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.refunds.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// How many refunds were due.
async fn drive_due(state: &AppState) -> Result<usize, Error> {
    let lease = Ulid::new().to_string();
    let due = store::lease_refunds(&state.pool, &lease).await?;
    let count = due.len();
    stream::iter(due)
        .for_each_concurrent(AT_A_TIME, |id| refund(state, id))
        .await;
    Ok(count)
}

async fn refund(state: &AppState, payment: String) {
    let status = match state.charges.refund(&payment).await {
        Ok(charge) if charge.refunded => RefundStatus::Succeeded,
        Err(CallError::Refused { code, .. }) if code == "NOT_CAPTURED" => {
            tracing::error!(
                payment,
                alert = true,
                "the provider has nothing to give back"
            );
            RefundStatus::Failed
        }
        Ok(_) => return tracing::warn!(payment, "a refund was not carried out"),
        Err(error) => return tracing::warn!(payment, %error, "a refund's outcome is unknown"),
    };
    match store::end_refund(&state.pool, &payment, status).await {
        Ok(true) => metrics::refunded(status == RefundStatus::Succeeded),
        Ok(false) => {}
        Err(error) => tracing::warn!(payment, %error, "a refund's outcome could not be stored"),
    }
}
