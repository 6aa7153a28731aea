//! When to ask Redis for jobs: at a steady pace, whatever came of the last time.

use std::{
    task::{Context, Poll},
    time::Duration,
};

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Wakes the worker at each tick, and always leaves a waker behind: the library's own interval
/// can lose it, and its queue then stands still until the next heartbeat.
pub struct Tick(Interval);

impl Tick {
    /// A tick every `period`.
    pub fn every(period: Duration) -> Self {
        let mut interval = interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(interval)
    }
}

impl PollStrategy for Tick {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut ticked = false;
        while self.0.poll_tick(cx).is_ready() {
            ticked = true;
        }
        match ticked {
            true => Poll::Ready(Some(())),
            false => Poll::Pending,
        }
    }
}
