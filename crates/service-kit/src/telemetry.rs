//! What operators see of a service: [`logs`](start_logs), JSON lines to stdout and to a daily
//! file; and [`metrics`], Prometheus counters in process.

pub(crate) mod event_loop;
mod lines;
pub mod metrics;
mod process;
mod queue;
mod recorder;
mod watch;

use std::{fs::File, io, os::fd::AsFd};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{
    EnvFilter,
    fmt::{self, format::JsonFields},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::{ConfigError, Env};
use lines::Lines;
use queue::Queue;

pub(crate) use recorder::{install, upkeep};
pub use recorder::{scrape, switch};
pub use watch::{seconds, watch};

/// `RUST_LOG`: which lines are logged; default info,sqlx::query=warn.
const FILTER: &str = "RUST_LOG";
/// `LOG_DIR`: folder of daily files, `<service>.YYYY-MM-DD.log`, of which 14 are kept; default none:
/// lines go to stdout alone.
const FOLDER: &str = "LOG_DIR";
/// How many daily log files are kept.
const LOG_FILES_KEPT: usize = 14;

/// Keeps the log written; dropped last, it has the last lines written.
pub struct LogGuard(#[expect(dead_code, reason = "held for its Drop")] queue::Writer);

/// Starts logging: JSON to stdout and, where a folder is set, to a daily file there.
pub fn start_logs(service: &str, env: &Env) -> Result<LogGuard, ConfigError> {
    let filter = env.text(FILTER, "info,sqlx::query=warn");
    let filter =
        EnvFilter::try_new(&filter).map_err(|error| ConfigError::new(FILTER, error.to_string()))?;
    let mut outputs = vec![stdout()];
    if let Some(folder) = env.optional(FOLDER) {
        let file = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix(service)
            .filename_suffix("log")
            .max_log_files(LOG_FILES_KEPT)
            .build(folder)
            .map_err(|error| ConfigError::new(FOLDER, error.to_string()))?;
        outputs.push(Box::new(file));
    }
    let (queue, writer) = Queue::to(outputs);
    let lines = fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(Lines::new())
        .with_writer(queue);
    // Tests boot several services in one process: the first one's subscriber serves them all.
    let _already_started = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init();
    Ok(LogGuard(writer))
}

/// The standard library's own would write each line by itself.
fn stdout() -> Box<dyn io::Write + Send> {
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(stdout) => Box::new(File::from(stdout)),
        Err(_) => Box::new(io::stdout()),
    }
}
