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
use crate::telemetry::metrics::Metric;

/// How a service counts its requests.
#[derive(Clone, Copy, Debug)]
pub struct HttpMetrics {
    requests: &'static str,
    duration: &'static str,
    unit: Unit,
    active: &'static str,
}

/// The unit of a duration; its name ends with it or has it in the middle.
#[derive(Clone, Copy, Debug)]
enum Unit {
    Milliseconds,
    Seconds,
}

const REQUEST: &[&str] = &["method", "route", "status_code"];
const TO_5_S_IN_MS: &[f64] = &[
    1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0,
];
const TO_10_S: &[f64] = &[
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

impl HttpMetrics {
    /// `duration` in milliseconds, 1 to 5,000.
    pub const fn in_milliseconds(
        requests: &'static str,
        duration: &'static str,
        active: &'static str,
    ) -> Self {
        Self {
            requests,
            duration,
            unit: Unit::Milliseconds,
            active,
        }
    }

    /// `duration` in seconds, 1 ms to 10 s.
    pub const fn in_seconds(
        requests: &'static str,
        duration: &'static str,
        active: &'static str,
    ) -> Self {
        Self {
            requests,
            duration,
            unit: Unit::Seconds,
            active,
        }
    }

    /// Their part of the service's catalogue.
    pub(crate) fn metrics(&self) -> [Metric; 3] {
        let buckets = match self.unit {
            Unit::Milliseconds => TO_5_S_IN_MS,
            Unit::Seconds => TO_10_S,
        };
        [
            Metric::counter(
                self.requests,
                REQUEST,
                "Answered requests; `route` is the template, `unmatched` for all others.",
            ),
            Metric::histogram(
                self.duration,
                REQUEST,
                buckets,
                "How long they took, from head to head.",
            ),
            Metric::gauge(self.active, &[], "Requests being served."),
        ]
    }

    fn in_unit(&self, elapsed: Duration) -> f64 {
        match self.unit {
            Unit::Milliseconds => elapsed.as_secs_f64() * 1e3,
            Unit::Seconds => elapsed.as_secs_f64(),
        }
    }
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
    duration: Histogram,
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
        let route = correlation::show(|_, route| route);
        let route = route.flatten().unwrap_or_default();
        let user = correlation::user();
        let (status, duration_ms) = (status.as_u16(), elapsed.as_secs_f64() * 1e3);
        let series = self.series((method, route, status));
        series.requests.increment(1);
        series.duration.record(self.names.in_unit(elapsed));
        match status {
            500.. => tracing::warn!(method, status, duration_ms, user, "request answered"),
            _ => tracing::info!(method, status, duration_ms, user, "request answered"),
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
                duration: histogram!(names.duration, &labels),
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
