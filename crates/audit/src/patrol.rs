//! The audit as a part of a running system: it checks again and again and shows Prometheus what it
//! found.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use metrics::gauge;
use service_kit::{
    config::{ConfigError, Env, Secret},
    service,
    telemetry::metrics::{Metric, of_process},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{Audit, Report, Schemas};

const METRICS: &[Metric] = &[
    Metric::gauge(
        "audit_violators",
        &["invariant"],
        "Bookings, holds, payments, mails and flights that break an invariant of the books, by its \
             number, at the last look.",
    ),
    Metric::gauge(
        "audit_last_end_timestamp_seconds",
        &[],
        "When the books were last read to the end, as a Unix time; 0 before the first time.",
    ),
    Metric::gauge(
        "audit_duration_seconds",
        &[],
        "How long the last look took.",
    ),
];

/// How the patrol is set up.
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (8100): where `/metrics` is.
    pub listen: SocketAddr,
    /// `AUDIT_DATABASE_URL`: the server, by an account that may read all five schemas.
    pub database: Secret,
    /// `AUDIT_EVERY_SECONDS` (300; 5-86,400): from the end of a look to the next. A look reads
    /// everything.
    pub pause: Duration,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: env.listen_address(8100)?,
            database: Secret::new(env.required("AUDIT_DATABASE_URL")?),
            pause: Duration::from_secs(env.number("AUDIT_EVERY_SECONDS", 300, 5..=86_400)?),
        })
    }
}

/// All that it counts.
pub fn catalogue() -> Vec<Metric> {
    METRICS.iter().copied().chain(of_process()).collect()
}

/// Checks until it is told to stop.
pub async fn run(env: Env, schemas: Schemas) -> anyhow::Result<()> {
    let config = Config::from_env(&env)?;
    let audit = Audit::new(config.database.expose(), schemas).context("AUDIT_DATABASE_URL")?;
    let listener = service::listen("PORT", config.listen).await?;
    let patrol = async |stop| patrol(&audit, config.pause, stop).await;
    service::run_beside_metrics("audit", listener, &catalogue(), patrol).await
}

async fn patrol(audit: &Audit, pause: Duration, stop: CancellationToken) {
    gauge!("audit_last_end_timestamp_seconds").set(0.0);
    let look = async || {
        let began = Instant::now();
        match audit.run().await {
            Ok(report) => show(&report, began.elapsed()),
            Err(error) => tracing::warn!(error = format!("{error:#}"), "the books cannot be read"),
        }
        sleep(pause).await;
    };
    while stop.run_until_cancelled(look()).await.is_some() {}
}

fn show(report: &Report, took: Duration) {
    for (number, name) in report.invariants() {
        let violators = report.violators(number);
        if !violators.is_empty() {
            // Who they are is for whoever runs the audit by hand: they are many, and named there.
            tracing::error!(
                invariant = number,
                name,
                violators = violators.len(),
                "is broken"
            );
        }
        gauge!("audit_violators", "invariant" => number.to_string()).set(violators.len() as f64);
    }
    gauge!("audit_duration_seconds").set(took);
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    gauge!("audit_last_end_timestamp_seconds").set(now.unwrap_or_default());
}
