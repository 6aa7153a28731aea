//! Logs and metrics: JSON lines to stdout and to a daily file, Prometheus counters in process.

use std::{sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{ConfigError, Env};

/// How many daily log files are kept.
const LOG_FILES_KEPT: usize = 14;

/// Keeps the background writers of the log alive; dropped last, it flushes them.
pub struct LogGuard(#[expect(dead_code, reason = "held for its Drop")] Vec<WorkerGuard>);

/// Starts logging: JSON to stdout and, with `LOG_DIR`, to `<service>.YYYY-MM-DD.log` there.
/// `RUST_LOG` filters, default `info`.
pub fn start_logs(service: &str, env: &Env) -> Result<LogGuard, ConfigError> {
    let filter = env.text("RUST_LOG", "info,sqlx::query=warn");
    let filter = EnvFilter::try_new(&filter)
        .map_err(|error| ConfigError::new("RUST_LOG", error.to_string()))?;
    let (stdout, stdout_guard) = tracing_appender::non_blocking(std::io::stdout());
    let mut guards = vec![stdout_guard];
    let file = match env.optional("LOG_DIR") {
        None => None,
        Some(folder) => {
            let appender = RollingFileAppender::builder()
                .rotation(Rotation::DAILY)
                .filename_prefix(service)
                .filename_suffix("log")
                .max_log_files(LOG_FILES_KEPT)
                .build(folder)
                .map_err(|error| ConfigError::new("LOG_DIR", error.to_string()))?;
            let (writer, guard) = tracing_appender::non_blocking(appender);
            guards.push(guard);
            Some(json_lines().with_writer(writer).boxed())
        }
    };
    // Tests boot several services in one process: the first one's subscriber serves them all.
    let _already_started = tracing_subscriber::registry()
        .with(filter)
        .with(json_lines().with_writer(stdout))
        .with(file)
        .try_init();
    Ok(LogGuard(guards))
}

fn json_lines<S>() -> fmt::Layer<S, fmt::format::JsonFields, fmt::format::Format<fmt::format::Json>>
{
    fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
}

/// The process's one metrics recorder, installed at the first call.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        PrometheusBuilder::new()
            .set_buckets(&[
                1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0,
            ])
            .expect("invariant: the list of buckets is not empty")
            .install_recorder()
            .expect("invariant: nothing else installs a recorder")
    })
}

/// Drops what idle histograms hold, for as long as the process runs.
pub async fn metrics_upkeep() {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    loop {
        tick.tick().await;
        metrics().run_upkeep();
    }
}
