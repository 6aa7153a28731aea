//! What notification counts.

mod ages;

use std::time::{Duration, SystemTime};

use metrics::{counter, histogram};
use service_kit::{
    http::layers::HttpMetrics,
    telemetry::metrics::{Catalogue, Metric},
};
use ulid::Ulid;

use crate::deliveries::Outcome;

pub use ages::run as watch_ledger;

/// All of it.
pub const CATALOGUE: Catalogue = Catalogue {
    http: HttpMetrics::in_seconds(
        "http_requests_total_notification",
        "http_request_duration_seconds_notification",
        "active_requests_notification",
    ),
    own: &[OWN],
};

/// From 10 ms to an hour.
const DELAYS: &[f64] = &[
    0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0,
];

const OWN: &[Metric] = &[
    Metric::counter(
        "mails_total",
        &["template", "outcome"],
        "Attempts to send a mail: accepted by the mail server, put_off, given_up.",
    ),
    Metric::histogram(
        "mail_delivery_seconds",
        &["template"],
        DELAYS,
        "From what caused a mail to the mail server's acceptance.",
    ),
    Metric::histogram(
        "queue_latency_seconds",
        &[],
        DELAYS,
        "From what caused a mail to its job's arrival out of Redis.",
    ),
    Metric::gauge(
        "queue_jobs",
        &["state"],
        "Jobs of queue-mailer in Redis: waiting, scheduled, in_flight, dead.",
    ),
    Metric::gauge(
        "deliveries",
        &["state"],
        "Mails in the ledger that are not sent: QUEUED, SENDING, and DEAD, the dead letters.",
    ),
    Metric::gauge(
        "deliveries_oldest_seconds",
        &[],
        "Age of the oldest mail that is neither sent nor given up; 0 if there is none.",
    ),
];

/// An attempt to send a mail ended. `template` is the name of a known one, or `unknown`.
pub fn attempted(job_id: &str, template: &str, outcome: &Outcome) {
    let name = match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Transient(_) => "put_off",
        Outcome::Permanent(_) => "given_up",
    };
    let labels = [
        ("template", template.to_owned()),
        ("outcome", name.to_owned()),
    ];
    counter!("mails_total", &labels).increment(1);
    if *outcome == Outcome::Accepted {
        histogram!("mail_delivery_seconds", "template" => template.to_owned()).record(age(job_id));
    }
}

/// A job came out of Redis.
pub fn came_in(job_id: &str) {
    histogram!("queue_latency_seconds").record(age(job_id));
}

/// A job's id says when it was made.
fn age(job_id: &str) -> Duration {
    let made = Ulid::from_string(job_id).map(|id| id.datetime());
    let age = made
        .ok()
        .and_then(|made| SystemTime::now().duration_since(made).ok());
    age.unwrap_or_default()
}
