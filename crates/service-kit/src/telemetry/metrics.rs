//! What is counted, as data: every metric of a service stands in a catalogue, with its labels and
//! what it means. The recorder takes buckets and help from it, and tests hold what is shown against it.

use serde_json::json;

use super::{event_loop, process};
use crate::http::layers::HttpMetrics;

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only grows, and starts at 0 with its process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts observations by these upper bounds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// Its name in the Prometheus text format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name, unit included.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// The names of its labels. Each has few values: a template, a code, never what a client sent.
    pub labels: &'static [&'static str],
    /// What it says, for people.
    pub help: &'static str,
}

impl Metric {
    /// A counter.
    pub const fn counter(
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: Kind::Counter,
            labels,
            help,
        }
    }

    /// A gauge.
    pub const fn gauge(
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: Kind::Gauge,
            labels,
            help,
        }
    }

    /// A histogram with these upper bounds.
    pub const fn histogram(
        name: &'static str,
        labels: &'static [&'static str],
        buckets: &'static [f64],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: Kind::Histogram(buckets),
            labels,
            help,
        }
    }
}

/// Everything that one service counts.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// Of its requests.
    pub http: HttpMetrics,
    /// Of what it is for.
    pub own: &'static [&'static [Metric]],
}

impl Catalogue {
    /// All of it, with what every service counts.
    pub fn all(&self) -> Vec<Metric> {
        let own = self.own.iter().chain(&[POOL]).copied().flatten().copied();
        let own = self.http.metrics().into_iter().chain(own);
        own.chain(of_process()).collect()
    }
}

/// What every process counts of itself.
pub fn of_process() -> impl Iterator<Item = Metric> {
    let all = [process::METRICS, event_loop::METRICS, CONNECTIONS];
    all.into_iter().flatten().copied()
}

/// Prints metrics as a JSON array, for the catalogue in MONITORING.md.
#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub fn print(all: &[Metric]) -> anyhow::Result<()> {
    let shown = |metric: &Metric| {
        let buckets = match metric.kind {
            Kind::Histogram(buckets) => buckets,
            Kind::Counter | Kind::Gauge => &[],
        };
        json!({
            "name": metric.name,
            "type": metric.kind.name(),
            "labels": metric.labels,
            "buckets": buckets,
            "help": metric.help,
        })
    };
    let shown: Vec<_> = all.iter().map(shown).collect();
    println!("{}", serde_json::to_string(&shown)?);
    Ok(())
}

/// Of connections from clients; `service` is the service, or `metrics` for a listener that shows
/// nothing else.
const CONNECTIONS: &[Metric] = &[
    Metric::gauge(
        "connections_open",
        &["service"],
        "Connections from clients.",
    ),
    Metric::counter(
        "connections_refused_total",
        &["service", "reason"],
        "Connections closed at once: too many in all, or from one address.",
    ),
    Metric::counter(
        "connections_timed_out_total",
        &["service", "awaited"],
        "Connections closed because the client did not send what was awaited in time.",
    ),
    Metric::counter(
        "accept_errors_total",
        &["service"],
        "Connections that the system could not give us.",
    ),
];

/// Of connections to the database.
const POOL: &[Metric] = &[
    Metric::gauge(
        "db_pool_connections",
        &["state"],
        "Connections to the database, idle and in use.",
    ),
    Metric::gauge(
        "db_pool_connections_max",
        &[],
        "Most connections to the database (DATABASE_CONNECTIONS).",
    ),
];
