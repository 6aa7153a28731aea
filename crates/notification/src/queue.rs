//! The Redis queue `queue-mailer`: each job goes into the ledger and is acknowledged. Redis may
//! be away, restart or lose everything; the outboxes push again what the ledger does not know.

mod depth;
mod incoming;
mod tick;
mod trim;

use std::time::Duration;

use apalis::prelude::{
    AbortError, BackendExt, BoxDynError, Data, Monitor, WorkerBuilder, WorkerBuilderExt,
};
use apalis_redis::{Config, RedisStorage};
use contracts::{email::QUEUE, jobs::RedisDepth};
use redis::aio::ConnectionManagerConfig;
use service_kit::{config::Secret, http::correlation};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use crate::{deliveries::Ledger, metrics};
use incoming::{Incoming, Lenient};
use tick::Tick;

/// How often Redis is asked for jobs.
const POLL: Duration = Duration::from_millis(100);
/// Jobs written into the ledger at a time.
const CONCURRENCY: usize = 8;
/// Between the end of a worker and the start of the next.
const RESTART_PAUSE: Duration = Duration::from_millis(500);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(3);
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// The queue as both ends see it; its keys are described in `contracts::email`. A worker that
/// was killed has its jobs given to others after 15 s. Results are persisted, since without that
/// nothing is acknowledged.
pub fn config() -> Config {
    Config::default()
        .queue(QUEUE)
        .batch_size(32)
        .heartbeat_interval(Duration::from_secs(5))
        .missed_heartbeats(3)
        .persist_results(true)
        .emit_events(false)
}

/// Takes in jobs until `stop`. A worker ends with its connection; the next one starts anew.
/// What lies in Redis is told by `seen`.
pub async fn run(
    redis_url: Secret,
    ledger: Ledger,
    seen: watch::Sender<Option<RedisDepth>>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        if let Err(error) = work(&redis_url, &ledger, &seen, &stop).await {
            tracing::warn!(%error, "the queue cannot be reached");
        }
        seen.send_replace(None);
        stop.run_until_cancelled(tokio::time::sleep(RESTART_PAUSE))
            .await;
    }
}

async fn work(
    redis_url: &Secret,
    ledger: &Ledger,
    seen: &watch::Sender<Option<RedisDepth>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let settings = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT));
    let client = redis::Client::open(redis_url.expose())?;
    let connecting = client.get_connection_manager_with_config(settings);
    let Some(connection) = stop.run_until_cancelled(connecting).await else {
        return Ok(());
    };
    let connection = connection?;
    // The monitor would restart a worker without a pause, also while Redis is away, and under
    // its old name, which Redis refuses for a while. So it only catches what ends one.
    let monitor = Monitor::new()
        .register({
            let (connection, ledger) = (connection.clone(), ledger.clone());
            move |_| {
                let queue = RedisStorage::new(connection.clone())
                    .with_config(config())
                    .with_codec(Lenient)
                    .poll_with_strategy(Tick::every(POLL));
                WorkerBuilder::new(format!("notification-{}", Ulid::new()))
                    .backend(queue)
                    .catch_panic()
                    .concurrency(CONCURRENCY)
                    .data(ledger.clone())
                    .build(take_in)
            }
        })
        .should_restart(|worker, error| {
            tracing::warn!(worker = worker.name(), %error, "the queue's worker ended");
            false
        })
        .shutdown_timeout(SHUTDOWN_TIMEOUT);
    let stopped = async {
        stop.cancelled().await;
        Ok(())
    };
    tokio::select! {
        ended = monitor.run_with_signal(stopped) => ended?,
        () = trim::run(connection.clone()) => {}
        () = depth::watch(connection, seen, stop.clone()) => {}
    }
    Ok(())
}

/// Acknowledged once the ledger has the job. One that makes no sense is dead at once; one that
/// the ledger cannot take now comes again after a second or more.
async fn take_in(job: Incoming, ledger: Data<Ledger>) -> Result<(), BoxDynError> {
    let job = job.0.map_err(|fault| {
        tracing::error!(fault, "a job of the queue makes no sense");
        AbortError::new(fault)
    })?;
    metrics::came_in(&job.job_id);
    let cause = job.cause();
    let work = async {
        ledger.take_in(&job).await.map_err(|error| {
            tracing::warn!(job = job.job_id, %error, "the ledger cannot take a job in yet");
            error.into()
        })
    };
    correlation::caused_by(cause, work).await
}
