//! Finds out what became of payments whose answer never came.

use std::time::Duration;

use contracts::CallError;
use futures::{StreamExt, stream};
use service_kit::http::correlation;
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use super::{pay::final_outcome, settle::settle, store};
use crate::{AppState, error::Error, heartbeat::RECONCILER};

const PAUSE: Duration = Duration::from_secs(1);
const AT_A_TIME: usize = 8;

/// Reconciles every second until `stop`.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut heartbeat = state.heartbeat(RECONCILER);
    loop {
        let reconciled = reconcile_due(&state).await;
        if let Err(error) = &reconciled {
            tracing::warn!(%error, "payments cannot be reconciled");
        }
        heartbeat.beat(&reconciled).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// How many payments were due.
async fn reconcile_due(state: &AppState) -> Result<usize, Error> {
    let lease = Ulid::new().to_string();
    let due = store::lease_due(&state.pool, &lease).await?;
    let count = due.len();
    stream::iter(due)
        .for_each_concurrent(AT_A_TIME, async |payment| {
            let work = reconcile(state, &payment, &lease);
            // The request is long gone; the payment itself is what is followed.
            if let Err(error) = correlation::caused_by(payment.clone(), work).await {
                tracing::warn!(payment, %error, "a payment cannot be reconciled yet");
            }
        })
        .await;
    Ok(count)
}

/// Asks by id. Not found is never a decline, since the charge may be on its way: the void makes
/// it one, or answers what the charge became.
async fn reconcile(state: &AppState, payment: &str, lease: &str) -> Result<(), Error> {
    let charge = match state.charges.get(payment).await {
        Err(CallError::Refused { code, .. }) if code == "NOT_FOUND" => {
            state.charges.void(payment).await
        }
        answer => answer,
    };
    match charge.map(|charge| final_outcome(&charge)) {
        Ok(Some(outcome)) => settle(state, payment, &outcome).await.map(|_| ()),
        Ok(None) => Ok(store::check_again(&state.pool, payment, lease).await?),
        Err(error) => {
            store::check_again(&state.pool, payment, lease).await?;
            Err(Error::Upstream(error))
        }
    }
}
