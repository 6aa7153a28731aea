//! What waits in the ledger.

use metrics::gauge;
use service_kit::telemetry;
use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

use crate::deliveries::{State, store};

/// Those that a mail can stay in without being sent.
const STATES: [State; 3] = [State::Queued, State::Sending, State::Dead];

/// Shows it until `stop`.
pub async fn run(pool: MySqlPool, stop: CancellationToken) {
    telemetry::watch("ledger", stop, async || look(&pool).await).await;
}

async fn look(pool: &MySqlPool) -> sqlx::Result<()> {
    let mut oldest = None;
    for state in STATES {
        let (count, age) = store::waiting(pool, state).await?;
        gauge!("deliveries", "state" => state.as_str()).set(count as f64);
        if state != State::Dead {
            oldest = oldest.max(age);
        }
    }
    gauge!("deliveries_oldest_seconds").set(telemetry::seconds(oldest));
    Ok(())
}
