//! How many jobs lie in Redis.

use contracts::email::QUEUE;
use metrics::gauge;
use redis::{AsyncCommands, RedisResult, aio::ConnectionManager};
use service_kit::telemetry;
use tokio_util::sync::CancellationToken;

/// Shows it until `stop`.
pub async fn watch(connection: ConnectionManager, stop: CancellationToken) {
    telemetry::watch("queue", stop, async || look(connection.clone()).await).await;
}

async fn look(mut redis: ConnectionManager) -> RedisResult<()> {
    let waiting: u32 = redis.llen(format!("{QUEUE}:active")).await?;
    let scheduled: u32 = redis.zcard(format!("{QUEUE}:scheduled")).await?;
    let dead: u32 = redis.scard(format!("{QUEUE}:dead")).await?;
    let workers: Vec<String> = redis.zrange(format!("{QUEUE}:workers"), 0, -1).await?;
    let mut in_flight = 0;
    for worker in workers {
        in_flight += redis
            .scard::<_, u32>(format!("{QUEUE}:inflight:{worker}"))
            .await?;
    }
    let states = [
        ("waiting", waiting),
        ("scheduled", scheduled),
        ("in_flight", in_flight),
        ("dead", dead),
    ];
    for (state, jobs) in states {
        gauge!("queue_jobs", "state" => state).set(jobs);
    }
    Ok(())
}
