//! The process's one recorder.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{
    event_loop,
    metrics::{Kind, Metric},
    process,
};
use crate::config::{ConfigError, Env};

const UPKEEP: Duration = Duration::from_secs(5);

/// `METRICS`: `off` counts nothing, to measure what counting costs; default on.
const SWITCH: &str = "METRICS";

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
static IS_OFF: AtomicBool = AtomicBool::new(false);

/// Reads whether anything is counted in this process; before it counts.
pub fn switch(env: &Env) -> Result<(), ConfigError> {
    let is_off = match env.text(SWITCH, "on").as_str() {
        "on" => false,
        "off" => true,
        _ => return Err(ConfigError::new(SWITCH, "must be on or off")),
    };
    IS_OFF.store(is_off, Ordering::Relaxed);
    Ok(())
}

/// Whether nothing is counted.
pub(super) fn is_off() -> bool {
    IS_OFF.load(Ordering::Relaxed)
}

/// Installs the recorder at the first call; a process that runs several services, as tests do,
/// has the buckets of the first.
pub(crate) fn install(all: &[Metric]) {
    if is_off() {
        return;
    }
    RECORDER.get_or_init(|| {
        let handle = builder(all)
            .install_recorder()
            .expect("invariant: nothing else installs a recorder");
        all.iter().for_each(describe);
        handle
    });
}

fn builder(all: &[Metric]) -> PrometheusBuilder {
    all.iter()
        .fold(PrometheusBuilder::new(), |builder, metric| {
            match metric.kind {
                Kind::Histogram(buckets) => builder
                    .set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)
                    .expect("invariant: a histogram has buckets"),
                Kind::Counter | Kind::Gauge => builder,
            }
        })
}

/// Counters without labels are shown at once: a rate needs the 0 before the first 1.
fn describe(metric: &Metric) {
    match metric.kind {
        Kind::Counter => {
            describe_counter!(metric.name, metric.help);
            if metric.labels.is_empty() {
                counter!(metric.name).absolute(0);
            }
        }
        Kind::Gauge => describe_gauge!(metric.name, metric.help),
        Kind::Histogram(_) => describe_histogram!(metric.name, metric.help),
    }
}

/// All metrics in the Prometheus text format, version 0.0.4.
pub fn scrape() -> String {
    process::look();
    RECORDER
        .get()
        .map(PrometheusHandle::render)
        .unwrap_or_default()
}

/// Measures what needs a task of its own and drops what idle histograms hold, for as long as the
/// process runs.
pub(crate) async fn upkeep() {
    if is_off() {
        return std::future::pending().await;
    }
    let tidy = async {
        let mut tick = tokio::time::interval(UPKEEP);
        loop {
            tick.tick().await;
            if let Some(recorder) = RECORDER.get() {
                recorder.run_upkeep();
            }
        }
    };
    tokio::join!(tidy, event_loop::measure(), event_loop::show());
}
