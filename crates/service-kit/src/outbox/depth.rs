//! How much waits in the outbox, and for how long.

use metrics::gauge;
use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

use crate::telemetry::{self, metrics::Metric};

/// Of an outbox.
pub const METRICS: &[Metric] = &[
    Metric::gauge(
        "outbox_depth",
        &["topic"],
        "Messages of the outbox that are not carried out.",
    ),
    Metric::gauge(
        "outbox_oldest_seconds",
        &["topic"],
        "Age of the oldest of them; 0 if there is none.",
    ),
];

/// Shows how much waits, by topic, until `stop`.
pub async fn watch(pool: MySqlPool, topics: &'static [&'static str], stop: CancellationToken) {
    telemetry::watch("outbox", stop, async || look(&pool, topics).await).await;
}

async fn look(pool: &MySqlPool, topics: &[&'static str]) -> sqlx::Result<()> {
    for &topic in topics {
        let (depth, oldest): (i64, Option<i64>) = sqlx::query_as(
            "SELECT COUNT(*), TIMESTAMPDIFF(MICROSECOND, MIN(createdAt), NOW(6))
             FROM Outbox WHERE topic = ? AND doneAt IS NULL",
        )
        .bind(topic)
        .fetch_one(pool)
        .await?;
        gauge!("outbox_depth", "topic" => topic).set(depth as f64);
        gauge!("outbox_oldest_seconds", "topic" => topic).set(telemetry::seconds(oldest));
    }
    Ok(())
}
