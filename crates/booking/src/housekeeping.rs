//! Purges what nobody asks for any more. Bookings, payments, refunds and events stay for ever.

use std::time::Duration;

use service_kit::outbox;
use tokio_util::sync::CancellationToken;

use crate::{AppState, heartbeat, idempotency};

const PAUSE: Duration = Duration::from_secs(60);

/// Purges once a minute, 1,000 rows at a time, until `stop`.
pub async fn run(state: AppState, stop: CancellationToken) {
    loop {
        let keys = idempotency::purge(&state.pool).await;
        let rows = outbox::purge(&state.pool).await;
        let heartbeats = heartbeat::purge(&state.pool).await;
        for purged in [keys, rows, heartbeats] {
            match purged {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "purged"),
                Err(error) => tracing::warn!(%error, "purging will be tried again"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
