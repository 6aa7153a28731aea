//! How late the runtimes are: a timer's lag, as Node's `nodejs_eventloop_lag_seconds` has it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use metrics::gauge;
use tokio::time::{Instant, interval, sleep};

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

/// The worst of all runtimes since it was last shown, in microseconds.
static WORST: AtomicU64 = AtomicU64::new(0);

/// Measures the runtime that it runs on, for ever.
pub(crate) async fn measure() {
    loop {
        let asked = Instant::now();
        sleep(PAUSE).await;
        let late = asked.elapsed().saturating_sub(PAUSE).as_micros();
        WORST.fetch_max(u64::try_from(late).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// Shows what was measured, for ever.
pub(super) async fn show() {
    let lag = gauge!("event_loop_lag_seconds");
    let mut tick = interval(WINDOW);
    loop {
        tick.tick().await;
        lag.set(Duration::from_micros(WORST.swap(0, Ordering::Relaxed)));
    }
}
