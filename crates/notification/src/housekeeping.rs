//! Purges what nobody asks for any more.

use std::time::Duration;

use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

use crate::deliveries::store;

const EVERY: Duration = Duration::from_secs(600);
/// Between two batches, so that a backlog does not crowd out the mails.
const BREATH: Duration = Duration::from_millis(100);

/// Purges at the start and every ten minutes until `stop`.
pub async fn run(pool: MySqlPool, stop: CancellationToken) {
    stop.run_until_cancelled(async {
        loop {
            match store::purge(&pool).await {
                Ok(0) => tokio::time::sleep(EVERY).await,
                Ok(_) => tokio::time::sleep(BREATH).await,
                Err(error) => {
                    tracing::warn!(%error, "old deliveries cannot be purged");
                    tokio::time::sleep(EVERY).await;
                }
            }
        }
    })
    .await;
}
