//! What the gateway counts.

use service_kit::{
    http::layers::HttpMetrics,
    outbox,
    telemetry::metrics::{Catalogue, Metric},
};

/// All of it.
pub const CATALOGUE: Catalogue = Catalogue {
    http: HttpMetrics::in_seconds(
        "http_requests_total_gateway",
        "http_request_duration_seconds_gateway",
        "active_requests_gateway",
    ),
    own: &[OWN, outbox::METRICS],
};

const OWN: &[Metric] = &[
    Metric::counter(
        "upstream_requests_total_gateway",
        &["upstream", "outcome"],
        "Requests for a service behind, by how they went.",
    ),
    Metric::gauge(
        "upstream_in_flight_gateway",
        &["upstream"],
        "Requests that a service behind is answering.",
    ),
    Metric::counter(
        "rate_limited_total_gateway",
        &["policy"],
        "Requests refused with 429, by the policy that refused them.",
    ),
    Metric::gauge(
        "rate_limit_shared_gateway",
        &[],
        "1 while Redis counts for all gateways, 0 while this one counts for itself alone.",
    ),
];
