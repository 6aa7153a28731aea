//! What all gateways allow together: GCRA in Redis, by Redis's clock. A Redis that is away or hangs
//! is asked by nobody until it answers again: then each gateway limits by itself.

use std::{
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use metrics::gauge;
use redis::{AsyncConnectionConfig, Client, RedisResult, Script, aio::MultiplexedConnection};
use service_kit::config::Secret;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use super::policy::Quota;

/// A request waits so long at most, once: what it meets is then away for those after it.
const DEADLINE: Duration = Duration::from_millis(50);
/// How often a Redis that is away is tried, and how long it may take to answer then.
const RETRY: Duration = Duration::from_millis(250);
const RETRY_DEADLINE: Duration = Duration::from_secs(1);
/// What is taken from to see whether Redis can be written to.
const TRIAL_KEY: &str = "airside:limit:trial";
const GAUGE: &str = "rate_limit_shared_gateway";

const SILENT: &str = "it does not answer";

/// Places that are asked for under one key.
pub struct Ask {
    /// The key's name.
    pub key: String,
    /// What it allows.
    pub quota: Quota,
    /// How many places: some of them are enough, none only looks, less gives back.
    pub wanted: i64,
}

/// What Redis says of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Places that were given: none is a refusal, of all keys.
    pub places: u32,
    /// Places left.
    pub left: u32,
    /// Until there is one more.
    pub wait: Duration,
}

/// The shared limiter.
pub struct Shared {
    url: Secret,
    script: Script,
    /// The connection, with a number of its own; `None` while Redis is away.
    live: Mutex<Option<(Ulid, MultiplexedConnection)>>,
    lost: Notify,
}

impl Shared {
    /// One that is away until [`Self::join`] or [`Self::run`] reaches Redis.
    pub fn new(url: Secret) -> Self {
        Self {
            url,
            script: Script::new(include_str!("gcra.lua")),
            live: Mutex::default(),
            lost: Notify::new(),
        }
    }

    /// Places under all keys or under none; `None` while Redis is away.
    pub async fn take(&self, asks: &[Ask]) -> Option<Vec<Given>> {
        let (number, mut connection) = self.live().clone()?;
        let asked = tokio::time::timeout(DEADLINE, self.ask(&mut connection, asks)).await;
        let problem = match asked {
            Ok(Ok(given)) => return Some(given),
            Ok(Err(error)) => error.to_string(),
            Err(_) => SILENT.to_owned(),
        };
        // By the first that meets it, and by nobody who still waited when it was back.
        let mut live = self.live();
        if live.take_if(|(current, _)| *current == number).is_some() {
            say_away(&problem);
            self.lost.notify_one();
        }
        None
    }

    fn live(&self) -> MutexGuard<'_, Option<(Ulid, MultiplexedConnection)>> {
        self.live
            .lock()
            .expect("invariant: no panic under the lock")
    }

    async fn ask(
        &self,
        connection: &mut MultiplexedConnection,
        asks: &[Ask],
    ) -> RedisResult<Vec<Given>> {
        let mut call = self.script.prepare_invoke();
        for ask in asks {
            let interval = ask.quota.interval().as_nanos() as f64 / 1e3;
            call.key(&ask.key)
                .arg(interval)
                .arg(ask.quota.max.get())
                .arg(ask.wanted);
        }
        let numbers: Vec<i64> = call.invoke_async(connection).await?;
        let given = |of_key: &[i64]| Given {
            places: u32::try_from(of_key[0]).unwrap_or(0),
            left: u32::try_from(of_key[1]).unwrap_or(0),
            wait: Duration::from_micros(u64::try_from(of_key[2]).unwrap_or(0)),
        };
        Ok(numbers.chunks_exact(3).map(given).collect())
    }

    /// Connects, so that a gateway shares from its first request on; a Redis that is away does not
    /// keep it from starting.
    pub async fn join(&self) {
        if let Err(problem) = self.connect().await {
            say_away(&problem);
        }
    }

    /// Connects again whenever it was lost, until told to stop.
    pub async fn run(&self, stop: &CancellationToken) {
        let run = async {
            loop {
                while self.live().is_some() {
                    self.lost.notified().await;
                }
                gauge!(GAUGE).set(0);
                while self.connect().await.is_err() {
                    tokio::time::sleep(RETRY).await;
                }
            }
        };
        stop.run_until_cancelled(run).await;
    }

    async fn connect(&self) -> Result<(), String> {
        let connection = match tokio::time::timeout(RETRY_DEADLINE, self.try_out()).await {
            Ok(tried) => tried.map_err(|error| error.to_string())?,
            Err(_) => return Err(SILENT.to_owned()),
        };
        *self.live() = Some((Ulid::new(), connection));
        gauge!(GAUGE).set(1);
        tracing::info!("gateways share their limits in Redis");
        Ok(())
    }

    /// A connection on which the script was seen to work.
    async fn try_out(&self) -> RedisResult<MultiplexedConnection> {
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(RETRY_DEADLINE))
            .set_response_timeout(Some(RETRY_DEADLINE));
        let client = Client::open(self.url.expose())?;
        let mut connection = client
            .get_multiplexed_async_connection_with_config(&settings)
            .await?;
        let trial = Ask {
            key: TRIAL_KEY.to_owned(),
            quota: Quota::new(1, Duration::from_secs(1)).expect("invariant: one is not none"),
            wanted: 1,
        };
        self.ask(&mut connection, &[trial]).await?;
        Ok(connection)
    }
}

fn say_away(problem: &str) {
    tracing::warn!(problem, "Redis is away: each gateway limits by itself");
}
