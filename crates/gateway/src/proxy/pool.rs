//! Connections to one address that are kept for the next request.

use std::{
    collections::{HashMap, VecDeque},
    future::poll_fn,
    sync::{Mutex, MutexGuard},
    task::Poll,
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use super::connection::Connection;

/// Shorter than a service keeps an unused connection (75 s), so that seldom one is taken that the
/// service has just closed.
const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// Of each thread.
const MOST_IDLE: usize = 256;

/// Unused connections of each thread, the latest used last. A thread is woken by its own alone.
#[derive(Default)]
pub struct Pool(Mutex<HashMap<ThreadId, VecDeque<Idle>>>);

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
        let mine = kept.entry(thread::current().id()).or_default();
        mine.push_back(Idle {
            connection,
            since: Instant::now(),
        });
        let surplus = (mine.len() > MOST_IDLE).then(|| mine.pop_front());
        drop(kept);
        drop(surplus);
    }

    /// Closes those that nobody has used for a while.
    pub fn sweep(&self) {
        let mut kept = self.kept();
        let mut closed = vec![];
        for idle in kept.values_mut() {
            let old = idle.partition_point(|idle| idle.since.elapsed() > IDLE_LIMIT);
            closed.extend(idle.drain(..old));
        }
        drop(kept);
        drop(closed);
    }

    fn pop(&self) -> Option<Connection> {
        let idle = self.kept().get_mut(&thread::current().id())?.pop_back()?;
        (idle.since.elapsed() < IDLE_LIMIT).then_some(idle.connection)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<ThreadId, VecDeque<Idle>>> {
        self.0
            .lock()
            .expect("invariant: keeping connections does not panic")
    }
}
