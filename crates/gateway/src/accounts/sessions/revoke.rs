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
/// Rounds between two purges of what is over: often, so that each is too small to be waited for.
const PURGE_EVERY: u64 = 10;
const KEPT_DAYS: u32 = 30;

/// Takes in what the table says, before the answer goes out; the rest of the world follows. What
/// was changed stays changed when this fails: the next round comes within a second.
pub async fn now(app: &AppState) {
    if let Err(error) = read(app).await {
        tracing::warn!(%error, "revoked sessions cannot be read yet");
    }
    app.revoked.notify_one();
}

async fn read(app: &AppState) -> sqlx::Result<Vec<(String, Revocation)>> {
    let lifetime = app.tokens.lifetime_seconds() + LEEWAY_SECONDS;
    let all = store::revoked(&app.database, lifetime).await?;
    app.revocations.learn(all.iter().cloned());
    Ok(all)
}

/// Until told to stop.
pub async fn run(app: AppState, redis_url: Secret, stop: CancellationToken) {
    let (mut redis, mut was_there) = (None, true);
    for round in 0.. {
        match read(&app).await {
            Ok(all) => match publish(&mut redis, &redis_url, &all).await {
                Ok(()) => was_there = true,
                // Said once, not every second.
                Err(error) if std::mem::take(&mut was_there) => {
                    tracing::warn!(%error, "revoked sessions cannot be published");
                }
                Err(_) => {}
            },
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
) -> redis::RedisResult<()> {
    let connection = match redis {
        Some(connection) => connection,
        None => redis.insert(revocations::connect(url).await?),
    };
    let published = revocations::publish(connection, all).await;
    if published.is_err() {
        *redis = None;
    }
    published
}
