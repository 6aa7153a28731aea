//! What booking counts.

mod ages;
mod attempts;

use metrics::counter;
use service_kit::{
    http::layers::HttpMetrics,
    outbox,
    telemetry::metrics::{Catalogue, Metric},
};

pub use ages::run as watch_ages;
pub use attempts::count as count_attempts;

/// All of it.
pub const CATALOGUE: Catalogue = Catalogue {
    http: HttpMetrics::in_seconds(
        "http_requests_total_booking",
        "http_request_duration_seconds_booking",
        "active_requests_booking",
    ),
    own: &[OWN, outbox::METRICS],
};

const OWN: &[Metric] = &[
    Metric::counter(
        "booking_attempts_total",
        &[],
        "Requests to book: those that succeeded, failed, and are in flight.",
    ),
    Metric::counter(
        "booking_success_total",
        &[],
        "Attempts whose seats were held; a repeat under the same key counts as what it repeats.",
    ),
    Metric::counter(
        "booking_failed_total",
        &["reason"],
        "Attempts without a hold: AUTH_FAILED, NO_SEATS, INVALID_FLIGHT (unknown or departed), \
             INVALID_BOOKING (any other refusal), UPSTREAM (failed or too slow, or the client left).",
    ),
    Metric::counter(
        "booking_reservation_expired_total",
        &[],
        "Bookings that nobody paid in time.",
    ),
    Metric::counter(
        "booking_payments_total",
        &["outcome"],
        "Payments settled for good: captured, declined, captured_late (the booking had ended: \
             the money goes back).",
    ),
    Metric::counter(
        "booking_refunds_total",
        &["outcome"],
        "Refunds that ended: succeeded, failed.",
    ),
    Metric::gauge(
        "booking_oldest_seconds",
        &["what"],
        "Age of the oldest of what should end soon: processing_payment, pending_refund, \
             releasing_hold; 0 if there is none.",
    ),
];

/// What `booking_failed_total` distinguishes.
const REASONS: [&str; 5] = [
    "AUTH_FAILED",
    "NO_SEATS",
    "INVALID_FLIGHT",
    "INVALID_BOOKING",
    "UPSTREAM",
];

/// How a payment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Paid and booked.
    Captured,
    /// Not paid.
    Declined,
    /// Paid for a booking that had ended.
    CapturedLate,
}

impl Settled {
    fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::CapturedLate => "captured_late",
        }
    }
}

/// A payment was settled, and that is committed.
pub fn settled(how: Settled) {
    counter!("booking_payments_total", "outcome" => how.name()).increment(1);
}

/// A refund ended, and that is committed.
pub fn refunded(succeeded: bool) {
    let outcome = match succeeded {
        true => "succeeded",
        false => "failed",
    };
    counter!("booking_refunds_total", "outcome" => outcome).increment(1);
}

/// A booking expired, and that is committed.
pub fn expired() {
    counter!("booking_reservation_expired_total").increment(1);
}

/// Shows every counter from the start: a rate needs the 0 before the first 1.
pub fn start_at_zero() {
    for reason in REASONS {
        counter!("booking_failed_total", "reason" => reason).increment(0);
    }
    for how in [Settled::Captured, Settled::Declined, Settled::CapturedLate] {
        counter!("booking_payments_total", "outcome" => how.name()).increment(0);
    }
}
