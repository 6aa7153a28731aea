//! What operators see of a service: [`logs`](start_logs), JSON lines to stdout and to a daily
//! file; and [`metrics`], Prometheus counters in process.

mod event_loop;
pub mod metrics;
mod process;
mod recorder;
mod watch;

use std::{fs::File, io, os::fd::AsFd};

use tracing::{Event, Subscriber};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    EnvFilter,
    fmt::{
        self, FormatEvent, FormatFields,
        format::Writer,
        writer::{BoxMakeWriter, MakeWriterExt},
    },
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{
    config::{ConfigError, Env},
    http::correlation,
};

pub use recorder::scrape;
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
    let (stdout, stdout_guard) = tracing_appender::non_blocking(stdout());
    let mut guards = vec![stdout_guard];
    let writer = match env.optional("LOG_DIR") {
        None => BoxMakeWriter::new(stdout),
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
            BoxMakeWriter::new(stdout.and(writer))
        }
    };
    let lines = fmt::layer()
        .fmt_fields(fmt::format::JsonFields::new())
        .event_format(Lines(json()))
        .with_writer(writer);
    // Tests boot several services in one process: the first one's subscriber serves them all.
    let _already_started = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init();
    Ok(LogGuard(guards))
}

/// The thread that writes the log flushes it when there is no more to write: a busy service writes
/// many lines at a time, where the standard library would write each by itself.
fn stdout() -> Box<dyn io::Write + Send> {
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(stdout) => Box::new(io::BufWriter::new(File::from(stdout))),
        Err(_) => Box::new(io::stdout()),
    }
}

type Json = fmt::format::Format<fmt::format::Json>;

fn json() -> Json {
    fmt::format()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
}

/// JSON lines; each names the request that it is about by correlation id and route. A span around
/// every request would do the same for ten times the price.
struct Lines(Json);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &fmt::FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let mut line = String::with_capacity(256);
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let request = correlation::show(|id, route| {
            // Neither has a character that JSON would escape.
            format!(r#","correlation_id":"{id}","route":"{route}"}}"#)
        });
        match (line.strip_suffix("}\n"), request) {
            (Some(begun), Some(request)) => writeln!(writer, "{begun}{request}"),
            _ => writer.write_str(&line),
        }
    }
}
