//! Access tokens that were taken back before they ran out. The gateway writes them into Redis, by
//! session; every service reads them there every two seconds. While Redis is away, a service goes
//! by what it knows and by the tokens' expiry.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
    time::Duration,
};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio_util::sync::CancellationToken;

use crate::{clock, config::Secret};

/// The Redis hash: session to `before until`.
const KEY: &str = "airside:revoked";
const POLL: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(1);
/// The hash goes by itself when no gateway has written it for so long, in seconds.
const KEPT: i64 = 8 * 86_400;

/// How far the tokens of a session are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Tokens issued before this (seconds since the epoch) do not pass.
    pub before: u64,
    /// When the last of them runs out by itself (seconds since the epoch).
    pub until: u64,
}

/// What a process knows of them. Cheap to clone.
#[derive(Clone, Default)]
pub struct Revocations(Arc<RwLock<HashMap<String, Revocation>>>);

impl Revocations {
    /// Whether a token of this session that was issued at `issued` was taken back.
    pub fn cover(&self, session: &str, issued: u64) -> bool {
        let known = self.0.read().expect("invariant: no panic under the lock");
        known
            .get(session)
            .is_some_and(|revocation| issued < revocation.before)
    }

    /// Adds what is new. Nothing is taken back from taking back: what is missing in `news` stays
    /// until its time is over.
    pub fn learn(&self, news: impl IntoIterator<Item = (String, Revocation)>) {
        let now = clock::unix_seconds();
        let mut known = self.0.write().expect("invariant: no panic under the lock");
        known.retain(|_, revocation| revocation.until > now);
        for (session, new) in news {
            let entry = known.entry(session).or_insert(new);
            entry.before = entry.before.max(new.before);
            entry.until = entry.until.max(new.until);
        }
    }
}

/// Connects to the Redis that the revocations are in; gives up soon, and each call after it.
pub async fn connect(redis_url: &Secret) -> redis::RedisResult<ConnectionManager> {
    let settings = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(TIMEOUT))
        .set_response_timeout(Some(TIMEOUT));
    let client = redis::Client::open(redis_url.expose())?;
    ConnectionManager::new_with_config(client, settings).await
}

/// Writes all that are in force, in the place of what was written before.
pub async fn publish(
    connection: &mut ConnectionManager,
    all: &[(String, Revocation)],
) -> redis::RedisResult<()> {
    let mut write = redis::pipe();
    write.atomic().del(KEY).ignore();
    for (session, revocation) in all {
        let value = format!("{} {}", revocation.before, revocation.until);
        write.hset(KEY, session, value).ignore();
    }
    write.expire(KEY, KEPT).ignore();
    write.query_async(connection).await
}

/// Reads them every two seconds until told to stop.
pub async fn follow(revocations: Revocations, redis_url: Secret, stop: CancellationToken) {
    let mut connection = None;
    let mut was_there = true;
    loop {
        let read = read(&mut connection, &redis_url).await;
        match read {
            Ok(news) => {
                revocations.learn(news);
                was_there = true;
            }
            Err(error) => {
                connection = None;
                if std::mem::take(&mut was_there) {
                    tracing::warn!(%error, "revoked sessions cannot be read");
                }
            }
        }
        let pause = tokio::time::sleep(POLL);
        if stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

async fn read(
    connection: &mut Option<ConnectionManager>,
    redis_url: &Secret,
) -> redis::RedisResult<Vec<(String, Revocation)>> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(connect(redis_url).await?),
    };
    let mut command = redis::cmd("HGETALL");
    let all: HashMap<String, String> = command.arg(KEY).query_async(connection).await?;
    let read = |(session, value): (String, String)| {
        let (before, until) = value.split_once(' ')?;
        let (before, until) = (before.parse().ok()?, until.parse().ok()?);
        Some((session, Revocation { before, until }))
    };
    Ok(all.into_iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revocation(before: u64, until: u64) -> Revocation {
        Revocation { before, until }
    }

    #[test]
    fn tokens_issued_before_do_not_pass_and_later_ones_do() {
        let revocations = Revocations::default();
        let later = clock::unix_seconds() + 900;
        revocations.learn([("a".to_owned(), revocation(100, later))]);
        assert!(revocations.cover("a", 99));
        assert!(!revocations.cover("a", 100));
        assert!(!revocations.cover("b", 1));
        // An older state of things does not let them in again.
        revocations.learn([("a".to_owned(), revocation(50, later))]);
        revocations.learn([]);
        assert!(revocations.cover("a", 99));
    }

    #[test]
    fn what_has_run_out_by_itself_is_forgotten() {
        let revocations = Revocations::default();
        let now = clock::unix_seconds();
        revocations.learn([("a".to_owned(), revocation(100, now - 1))]);
        revocations.learn([]);
        assert!(!revocations.cover("a", 1));
    }
}
