//! The audit as a part of a running system: it checks again and again and shows Prometheus what it
//! found.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use metrics::gauge;
use service_kit::{
    config::Env,
    service,
    telemetry::metrics::{Metric, of_process},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{Audit, Report, Schemas, config::Config};

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
