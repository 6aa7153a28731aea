//! Tells everybody which tokens were taken back: this gateway from its table, the services through
//! Redis, each second and at once where it was done. A Redis that is away or has lost all is told
//! again.

use std::time::Duration;

use redis::aio::ConnectionManager;
use service_kit::{
    config::Secret,
    identity::{
        LEEWAY_SECONDS,
        revocations::{self, Revocation},
    },
};
use tokio_util::sync::CancellationToken;

use super::store;
use crate::AppState;

const EVERY: Duration = Duration::from_secs(1);
/// Rounds between two purges of what is over.
const PURGE_EVERY: u64 = 600;
const KEPT_DAYS: u32 = 30;

/// Takes in what the table says, before the answer goes out; the rest of the world follows.
pub async fn now(app: &AppState) -> sqlx::Result<()> {
    read(app).await?;
    app.revoked.notify_one();
    Ok(())
}

async fn read(app: &AppState) -> sqlx::Result<Vec<(String, Revocation)>> {
    let lifetime = app.tokens.lifetime_seconds() + LEEWAY_SECONDS;
    let all = store::revoked(&app.database, lifetime).await?;
    app.revocations.learn(all.iter().cloned());
    Ok(all)
}

/// Until told to stop.
pub async fn run(app: AppState, redis_url: Secret, stop: CancellationToken) {
    let mut redis = None;
    for round in 0.. {
        match read(&app).await {
            Ok(all) => publish(&mut redis, &redis_url, &all).await,
            Err(error) => tracing::warn!(%error, "revoked sessions cannot be read"),
        }
        if round % PURGE_EVERY == 0
            && let Err(error) = store::purge(&app.database, KEPT_DAYS).await
        {
            tracing::warn!(%error, "old sessions cannot be purged");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
            () = app.revoked.notified() => {}
        }
    }
}

async fn publish(
    redis: &mut Option<ConnectionManager>,
    url: &Secret,
    all: &[(String, Revocation)],
) {
    let published = async {
        let connection = match redis {
            Some(connection) => connection,
            None => redis.insert(revocations::connect(url).await?),
        };
        revocations::publish(connection, all).await
    };
    if let Err(error) = published.await {
        *redis = None;
        tracing::warn!(%error, "revoked sessions cannot be published");
    }
}
