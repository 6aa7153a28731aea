//! Drives refunds until the provider has given the money back.

use std::time::Duration;

use contracts::CallError;
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use super::{RefundStatus, store};
use crate::{AppState, metrics};

const PAUSE: Duration = Duration::from_secs(1);
const AT_A_TIME: usize = 8;

/// Drives due refunds when woken, and every second, until `stop`. One that fails is due again
/// when its lease ends.
pub async fn run(state: AppState, stop: CancellationToken) {
    loop {
        let lease = Ulid::new().to_string();
        match store::lease_refunds(&state.pool, &lease).await {
            Ok(due) => {
                stream::iter(due)
                    .for_each_concurrent(AT_A_TIME, |id| refund(&state, id))
                    .await
            }
            Err(error) => tracing::warn!(%error, "refunds cannot be read"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.refunds.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
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
