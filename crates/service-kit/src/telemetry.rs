//! What operators see of a service: [`logs`](start_logs), JSON lines to stdout and to a daily
//! file; and [`metrics`], Prometheus counters in process.

mod event_loop;
pub mod metrics;
mod process;
mod recorder;
mod watch;

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{ConfigError, Env};

pub use recorder::{before_each_scrape, scrape};
pub(crate) use recorder::{install, upkeep};
pub use watch::{seconds, watch};

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
