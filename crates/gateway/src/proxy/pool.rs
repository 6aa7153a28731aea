//! Connections to one address that are kept for the next request.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Mutex, MutexGuard},
    task::Poll,
    time::{Duration, Instant},
};

use super::connection::Connection;

/// Shorter than a service keeps an unused connection (75 s), so that seldom one is taken that the
/// service has just closed.
const IDLE_LIMIT: Duration = Duration::from_secs(30);
const MOST_IDLE: usize = 256;

/// Unused connections, the latest used last.
#[derive(Default)]
pub struct Pool(Mutex<VecDeque<Idle>>);

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// The latest used of the good ones.
    pub async fn take(&self) -> Option<Connection> {
        while let Some(mut connection) = self.pop() {
            if poll_fn(|context| Poll::Ready(connection.is_good(context))).await {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps one.
    pub fn put(&self, connection: Connection) {
        let mut kept = self.kept();
        kept.push_back(Idle {
            connection,
            since: Instant::now(),
        });
        let surplus = (kept.len() > MOST_IDLE).then(|| kept.pop_front());
        drop(kept);
        drop(surplus);
    }

    /// Closes those that nobody has used for a while.
    pub fn sweep(&self) {
        let mut kept = self.kept();
        let old = kept.partition_point(|idle| idle.since.elapsed() > IDLE_LIMIT);
        let closed: Vec<_> = kept.drain(..old).collect();
        drop(kept);
        drop(closed);
    }

    fn pop(&self) -> Option<Connection> {
        let idle = self.kept().pop_back()?;
        (idle.since.elapsed() < IDLE_LIMIT).then_some(idle.connection)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        self.0
            .lock()
            .expect("invariant: keeping connections does not panic")
    }
}
