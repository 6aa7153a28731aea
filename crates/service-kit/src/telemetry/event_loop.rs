//! How late the runtime is: a timer's lag, as Node's `nodejs_eventloop_lag_seconds` has it.

use std::time::Duration;

use metrics::gauge;
use tokio::time::{Instant, sleep};

use super::metrics::Metric;

pub(super) const METRICS: &[Metric] = &[Metric::gauge(
    "event_loop_lag_seconds",
    &[],
    "How much later than asked a timer fired, at worst in the last two seconds.",
)];

/// What a timer is asked for.
const PAUSE: Duration = Duration::from_millis(50);
/// As long as the pause between two scrapes, so that no lag is missed by all of them.
const WINDOW: Duration = Duration::from_secs(2);

/// Measures for ever.
pub(super) async fn measure() {
    let lag = gauge!("event_loop_lag_seconds");
    loop {
        let window = Instant::now();
        let mut worst = Duration::ZERO;
        while window.elapsed() < WINDOW {
            let asked = Instant::now();
            sleep(PAUSE).await;
            worst = worst.max(asked.elapsed().saturating_sub(PAUSE));
        }
        lag.set(worst);
    }
}
