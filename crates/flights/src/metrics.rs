//! What flights counts.

use metrics::{counter, histogram};
use service_kit::{
    http::layers::HttpMetrics,
    telemetry::metrics::{Catalogue, Metric},
};

use crate::flights::filter::Filter;

/// All of it.
pub const CATALOGUE: Catalogue = Catalogue {
    http: HttpMetrics::in_milliseconds(
        "http_requests_total",
        "http_request_duration_ms",
        "active_requests",
    ),
    own: &[&[
        Metric::counter(
            "flight_search_total",
            &["has_price", "has_date", "has_trips"],
            "Searches, by which filters they had.",
        ),
        Metric::histogram(
            "flight_search_results_count",
            &[],
            &[0.0, 1.0, 5.0, 10.0, 20.0, 50.0, 100.0],
            "Flights on the page that a search answered.",
        ),
    ]],
};

/// A search was answered with so many flights.
pub fn searched(filter: &Filter, flights: usize) {
    let labels = [
        ("has_price", yes_no(filter.has_price())),
        ("has_date", yes_no(filter.has_date())),
        ("has_trips", yes_no(filter.has_route())),
    ];
    counter!("flight_search_total", &labels).increment(1);
    histogram!("flight_search_results_count").record(u32::try_from(flights).unwrap_or(u32::MAX));
}

fn yes_no(flag: bool) -> &'static str {
    match flag {
        true => "true",
        false => "false",
    }
}
