//! Purges what nobody asks for any more. Accounts and their audit log stay.

use std::time::Duration;

use service_kit::outbox;
use tokio_util::sync::CancellationToken;

use crate::{AppState, accounts::email_tokens};

const PAUSE: Duration = Duration::from_secs(60);

/// Purges once a minute, 1,000 rows at a time, until `stop`.
pub async fn run(app: AppState, stop: CancellationToken) {
    loop {
        let rows = outbox::purge(&app.database).await;
        let tokens = email_tokens::purge(&app.database).await;
        for purged in [rows, tokens] {
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
