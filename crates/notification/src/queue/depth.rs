//! How many jobs lie in Redis.

use contracts::{email::QUEUE, jobs::RedisDepth};
use metrics::gauge;
use redis::{AsyncCommands, RedisError, RedisResult, aio::ConnectionManager};
use service_kit::telemetry;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Shows it, and says it to `seen`, until `stop`.
pub async fn watch(
    connection: ConnectionManager,
    seen: &watch::Sender<Option<RedisDepth>>,
    stop: CancellationToken,
) {
    telemetry::watch("queue", stop, async || {
        let depth = look(connection.clone()).await;
        seen.send_replace(depth.as_ref().ok().copied());
        show(depth?);
        Ok::<_, RedisError>(())
    })
    .await;
}

async fn look(mut redis: ConnectionManager) -> RedisResult<RedisDepth> {
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
    Ok(RedisDepth {
        waiting,
        scheduled,
        in_flight,
        dead,
    })
}

fn show(depth: RedisDepth) {
    let states = [
        ("waiting", depth.waiting),
        ("scheduled", depth.scheduled),
        ("in_flight", depth.in_flight),
        ("dead", depth.dead),
    ];
    for (state, jobs) in states {
        gauge!("queue_jobs", "state" => state).set(jobs);
    }
}
