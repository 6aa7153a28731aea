//! Counts, times and logs requests. Labels are the method and the route of the table, never what
//! somebody sent.

use std::{
    collections::HashMap,
    sync::RwLock,
    time::{Duration, Instant},
};

use axum::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use super::correlation;

/// Names of a service's HTTP metrics.
#[derive(Clone, Copy, Debug)]
pub struct HttpMetrics {
    /// Counter, labels method, route, `status_code`.
    pub requests: &'static str,
    /// Histogram in milliseconds, same labels.
    pub duration_ms: &'static str,
    /// Gauge of requests being served.
    pub active: &'static str,
}

/// Method, route, status.
type Labels = (&'static str, &'static str, u16);

/// A service's HTTP metrics.
pub(crate) struct Meter {
    names: HttpMetrics,
    active: Gauge,
    /// Looked up once, since the recorder takes a microsecond for each.
    series: RwLock<HashMap<Labels, Series>>,
}

#[derive(Clone)]
struct Series {
    requests: Counter,
    duration_ms: Histogram,
}

/// A request that is being served.
pub(crate) struct Measurement<'a> {
    meter: &'a Meter,
    method: &'static str,
    started: Instant,
}

impl Meter {
    pub(crate) fn new(names: HttpMetrics) -> Self {
        Self {
            names,
            active: gauge!(names.active),
            series: RwLock::default(),
        }
    }

    /// Begins to measure a request.
    pub(crate) fn begin(&self, method: &Method) -> Measurement<'_> {
        self.active.increment(1.0);
        Measurement {
            meter: self,
            method: known(method),
            started: Instant::now(),
        }
    }

    /// Counts and logs what was answered without being a request.
    pub(crate) fn refused(&self, status: StatusCode) {
        self.answered("OTHER", status, Duration::ZERO);
    }

    fn answered(&self, method: &'static str, status: StatusCode, elapsed: Duration) {
        let route = correlation::show(|_, route| route).unwrap_or_default();
        let (status, elapsed) = (status.as_u16(), elapsed.as_secs_f64() * 1e3);
        let series = self.series((method, route, status));
        series.requests.increment(1);
        series.duration_ms.record(elapsed);
        match status {
            500.. => tracing::warn!(method, status, duration_ms = elapsed, "request answered"),
            _ => tracing::info!(method, status, duration_ms = elapsed, "request answered"),
        }
    }

    fn series(&self, labels: Labels) -> Series {
        let known = self.series.read().expect("invariant: see below");
        if let Some(series) = known.get(&labels) {
            return series.clone();
        }
        drop(known);
        let mut known = self
            .series
            .write()
            .expect("invariant: naming does not panic");
        let (method, route, status) = labels;
        let names = self.names;
        let named = || {
            let labels = [
                ("method", method.to_owned()),
                ("route", route.to_owned()),
                ("status_code", status.to_string()),
            ];
            Series {
                requests: counter!(names.requests, &labels),
                duration_ms: histogram!(names.duration_ms, &labels),
            }
        };
        known.entry(labels).or_insert_with(named).clone()
    }
}

impl Measurement<'_> {
    /// The request is answered.
    pub(crate) fn end(self, status: StatusCode) {
        let elapsed = self.started.elapsed();
        self.meter.answered(self.method, status, elapsed);
    }
}

impl Drop for Measurement<'_> {
    fn drop(&mut self) {
        self.meter.active.decrement(1.0);
    }
}

fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
