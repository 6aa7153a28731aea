//! Decides running charges once their time has come: whoever looks first, or the sweep.

use std::time::Duration;

use service_kit::db;
use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

use super::{LedgerRow, PaymentId, State, store};

const EVERY: Duration = Duration::from_secs(1);

/// The charge as it stands, decided if it is due.
pub async fn settled(pool: &MySqlPool, id: &PaymentId) -> sqlx::Result<Option<LedgerRow>> {
    match store::find(pool, id).await? {
        Some(row) if row.state == State::Processing => {
            db::retry(|| store::settle(pool, id)).await?;
            store::find(pool, id).await
        }
        found => Ok(found),
    }
}

/// Decides what nobody asks for, so that the ledger is true without being read.
pub async fn run(pool: MySqlPool, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(EVERY))
        .await
        .is_some()
    {
        if let Err(error) = db::retry(|| store::settle_due(&pool)).await {
            tracing::warn!(%error, "running charges cannot be decided");
        }
    }
}
