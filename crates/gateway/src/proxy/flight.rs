//! Requests under way to a service: counted, and so many at most. A service that gets slower then
//! answers some in time instead of all too late.

use std::sync::Arc;

use metrics::{Gauge, counter, gauge};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The room for requests to one service.
pub struct InFlight {
    name: &'static str,
    room: Arc<Semaphore>,
}

impl InFlight {
    /// Room for `most` requests to the service `name`.
    pub fn new(name: &'static str, most: usize) -> Self {
        Self {
            name,
            room: Arc::new(Semaphore::new(most)),
        }
    }

    /// A place, unless all are taken.
    pub fn enter(&self) -> Option<Place> {
        let permit = Arc::clone(&self.room).try_acquire_owned().ok()?;
        let taken = gauge!("upstream_in_flight_gateway", "upstream" => self.name);
        taken.increment(1.0);
        Some(Place {
            _permit: permit,
            taken,
        })
    }

    /// Counts how a request went.
    pub fn count(&self, outcome: &'static str) {
        let labels = [("upstream", self.name), ("outcome", outcome)];
        counter!("upstream_requests_total_gateway", &labels).increment(1);
    }
}

/// A request's place, until its answer has been read or nobody waits for it any more.
pub struct Place {
    _permit: OwnedSemaphorePermit,
    taken: Gauge,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.decrement(1.0);
    }
}
