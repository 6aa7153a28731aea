//! What operators see of a pool of connections.

use std::time::Duration;

use metrics::gauge;
use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

/// Between two looks: every scrape sees another.
const EVERY: Duration = Duration::from_secs(1);

/// Shows until `stop` how many connections are idle and in use, and how many there may be.
pub async fn show(pool: MySqlPool, stop: CancellationToken) {
    stop.run_until_cancelled(async {
        loop {
            look(&pool);
            tokio::time::sleep(EVERY).await;
        }
    })
    .await;
}

fn look(pool: &MySqlPool) {
    let idle = pool.num_idle();
    let in_use = (pool.size() as usize).saturating_sub(idle);
    gauge!("db_pool_connections", "state" => "idle").set(as_float(idle));
    gauge!("db_pool_connections", "state" => "in_use").set(as_float(in_use));
    gauge!("db_pool_connections_max").set(pool.options().get_max_connections());
}

fn as_float(count: usize) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}
