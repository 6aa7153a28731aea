//! A Redis queue of jobs, as apalis lays it out.

use std::{sync::Arc, time::Duration};

use apalis::prelude::TaskSink;
use apalis_redis::{Config, ConnectionManager, RedisStorage};
use redis::aio::ConnectionManagerConfig;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::config::Secret;

/// The most jobs in Redis at a time: apalis cannot fetch from much longer queues.
const MOST_JOBS: usize = 2_000;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(3);

/// A queue that connects when it is first used, and again after it failed.
pub struct Queue {
    redis_url: Secret,
    name: &'static str,
    connection: Arc<Mutex<Option<ConnectionManager>>>,
}

/// Jobs that wait, are scheduled, or are at a worker (the set `{queue}:inflight:{worker}` of each).
const LENGTH: &str = r"
local n = redis.call('LLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2])
for _, worker in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  n = n + redis.call('SCARD', KEYS[4] .. ':' .. worker)
end
return n";

impl Queue {
    /// The queue `name` on this server.
    pub fn new(redis_url: Secret, name: &'static str) -> Self {
        Self {
            redis_url,
            name,
            connection: Arc::default(),
        }
    }

    /// How many more jobs it takes; `None` if Redis does not answer.
    pub async fn room(&self) -> Option<usize> {
        match self.length().await {
            Ok(length) => Some(MOST_JOBS.saturating_sub(length)),
            Err(error) => {
                tracing::warn!(%error, "the queue cannot be reached");
                None
            }
        }
    }

    async fn length(&self) -> anyhow::Result<usize> {
        let mut connection = self.connection().await?;
        let script = redis::Script::new(LENGTH);
        let name = self.name;
        let mut call = script.key(format!("{name}:active"));
        call.key(format!("{name}:scheduled"))
            .key(format!("{name}:workers"))
            .key(format!("{name}:inflight"));
        Ok(call.invoke_async(&mut connection).await?)
    }

    /// Pushes a job as JSON, under a fresh task id each time.
    pub async fn push(&self, job: Value) -> anyhow::Result<()> {
        let connection = self.connection().await?;
        let mut storage =
            RedisStorage::new(connection).with_config(Config::default().queue(self.name));
        storage
            .push(job)
            .await
            .map_err(|error| anyhow::anyhow!("{error:?}"))
    }

    async fn connection(&self) -> anyhow::Result<ConnectionManager> {
        let mut slot = self.connection.lock().await;
        if let Some(connection) = slot.as_ref() {
            return Ok(connection.clone());
        }
        // No retries within: the relay comes again, and must not hang on a Redis that is away.
        let settings = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT));
        let client = redis::Client::open(self.redis_url.expose())?;
        let connection = ConnectionManager::new_with_config(client, settings).await?;
        *slot = Some(connection.clone());
        Ok(connection)
    }
}
