//! Keeps house: released holds and tombstones go after seven days, sold holds never.

use std::time::Duration;

use service_kit::db;
use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

use super::store;

const EVERY: Duration = Duration::from_secs(600);
/// Rows that one statement deletes at most.
const BATCH: u64 = 1000;

/// Purges every ten minutes until it is told to stop.
pub async fn run(pool: MySqlPool, stop: CancellationToken) {
    loop {
        match purge(&pool).await {
            Ok(0) => {}
            Ok(purged) => tracing::info!(purged, "released holds purged"),
            Err(error) => tracing::warn!(%error, "released holds could not be purged"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Deletes what is due, 1,000 rows at a time; how many.
pub async fn purge(pool: &MySqlPool) -> sqlx::Result<u64> {
    let mut purged = 0;
    loop {
        let batch = db::retry(|| store::purge(pool)).await?;
        purged += batch;
        if batch < BATCH {
            return Ok(purged);
        }
    }
}
