//! Messages that become jobs of a Redis queue and belong to somebody else once that one's ledger
//! knows them. Redis is a hint: what it loses is pushed again.

use std::{collections::HashSet, fmt::Display, time::Duration};

use serde::Serialize;

use super::{Handler, Message, Outcome, queue::Queue};
use crate::{config::Secret, http::correlation};

/// The first look at the ledger after a push.
const FIRST_LOOK: Duration = Duration::from_millis(500);
/// Later looks.
const NEXT_LOOK: Duration = Duration::from_secs(3);
/// A job that the ledger does not know is pushed again after this many seconds at first ...
const PUSH_AGAIN_SECONDS: i64 = 30;
/// ... and later after up to this many.
const PUSH_AGAIN_AT_MOST_SECONDS: i64 = 600;
/// More attempts (the push and the looks after it) than fit in the first pause.
const LOOKS_A_PAUSE: u32 = 13;

/// Pushes messages to the queue, 2,000 at a time at most, and is done with each once the ledger
/// knows it. The id of a message is that of its job.
pub struct Courier<J, K> {
    queue: Queue,
    job: fn(&Message) -> serde_json::Result<J>,
    known: K,
}

impl<J, K, F, E> Courier<J, K>
where
    J: Serialize + 'static,
    K: Fn(Vec<String>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<HashSet<String>, E>> + Send,
    E: Display + Send,
{
    /// A courier to the queue `name`. `job` reads the job of a message; `known` asks the ledger
    /// which of these ids it knows, 64 at a time at most.
    pub fn new(
        redis_url: Secret,
        name: &'static str,
        job: fn(&Message) -> serde_json::Result<J>,
        known: K,
    ) -> Self {
        Self {
            queue: Queue::new(redis_url, name),
            job,
            known,
        }
    }

    /// The messages among those pushed before that the ledger knows; `None` if it did not answer.
    async fn known(&self, batch: &[Message]) -> Option<HashSet<String>> {
        let pushed = batch
            .iter()
            .filter(|message| message.acted_seconds_ago.is_some());
        let ids: Vec<String> = pushed.map(|message| message.id.clone()).collect();
        if ids.is_empty() {
            return Some(HashSet::new());
        }
        match (self.known)(ids).await {
            Ok(known) => Some(known),
            Err(error) => {
                tracing::warn!(%error, "the ledger of jobs does not answer");
                None
            }
        }
    }

    async fn push(&self, message: &Message, room: &mut Option<usize>) -> Outcome {
        match room {
            None => return Outcome::Failed,
            Some(0) => return Outcome::Wait(NEXT_LOOK),
            Some(places) => *places -= 1,
        }
        let job = match (self.job)(message).and_then(serde_json::to_value) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(job = message.id, %error, alert = true, "unreadable outbox row");
                return Outcome::Failed;
            }
        };
        match self.queue.push(job).await {
            Ok(()) => Outcome::Acted(FIRST_LOOK),
            Err(error) => {
                tracing::warn!(job = message.id, %error, "the queue cannot be reached");
                *room = None;
                Outcome::Failed
            }
        }
    }
}

impl<J, K, F, E> Handler for Courier<J, K>
where
    J: Serialize + 'static,
    K: Fn(Vec<String>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<HashSet<String>, E>> + Send,
    E: Display + Send,
{
    async fn handle(&self, batch: &[Message]) -> Vec<Outcome> {
        let known = self.known(batch).await;
        let mut room = self.queue.room().await;
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in batch {
            let next = decide(message, known.as_ref());
            outcomes.push(match next {
                Next::Push => {
                    let push = self.push(message, &mut room);
                    correlation::caused_by(message.cause(), push).await
                }
                Next::Settled(outcome) => outcome,
            });
        }
        outcomes
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Next {
    Push,
    Settled(Outcome),
}

/// Never pushed: push. Known: done. Not known, says the ledger, for long enough: push again. No
/// answer: wait.
fn decide(message: &Message, known: Option<&HashSet<String>>) -> Next {
    let Some(since_push) = message.acted_seconds_ago else {
        return Next::Push;
    };
    // Looks are made at a steady pace, so pauses that double hold twice as many each.
    let pauses = (message.attempts / LOOKS_A_PAUSE).max(1).ilog2();
    let push_again = (PUSH_AGAIN_SECONDS << pauses.min(8)).min(PUSH_AGAIN_AT_MOST_SECONDS);
    match known {
        None => Next::Settled(Outcome::Wait(NEXT_LOOK)),
        Some(known) if known.contains(&message.id) => Next::Settled(Outcome::Done),
        Some(_) if since_push >= push_again => Next::Push,
        Some(_) => Next::Settled(Outcome::Wait(NEXT_LOOK)),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::types::Json;

    use super::*;

    fn message(acted_seconds_ago: Option<i64>, attempts: u32) -> Message {
        let payload = Json(serde_json::Value::Null);
        Message {
            id: "job".to_owned(),
            payload,
            correlation_id: None,
            attempts,
            acted_seconds_ago,
        }
    }

    #[test]
    fn a_row_is_done_only_when_the_ledger_knows_it() {
        let known = HashSet::from(["job".to_owned()]);
        let unknown = HashSet::new();
        let wait = Next::Settled(Outcome::Wait(NEXT_LOOK));
        assert_eq!(decide(&message(None, 0), Some(&unknown)), Next::Push);
        assert_eq!(
            decide(&message(Some(0), 1), Some(&known)),
            Next::Settled(Outcome::Done)
        );
        assert_eq!(decide(&message(Some(5), 2), Some(&unknown)), wait);
        assert_eq!(decide(&message(Some(30), 9), Some(&unknown)), Next::Push);
        assert_eq!(decide(&message(Some(900), 9), None), wait);
    }

    /// Looks every three seconds at a ledger that never knows the job.
    #[test]
    fn a_lost_job_is_pushed_again_after_30_seconds_then_after_pauses_that_double() {
        let unknown = HashSet::new();
        let (mut now, mut pushed_at, mut attempts) = (0, 0, 1);
        let mut pauses = vec![];
        while pauses.len() < 7 {
            now += 3;
            if decide(&message(Some(now - pushed_at), attempts), Some(&unknown)) == Next::Push {
                pauses.push(now - pushed_at);
                pushed_at = now;
            }
            attempts += 1;
        }
        assert_eq!(pauses, [30, 30, 60, 120, 240, 480, 600]);
    }

    #[test]
    fn pushing_again_backs_off_to_ten_minutes() {
        let unknown = HashSet::new();
        let wait = Next::Settled(Outcome::Wait(NEXT_LOOK));
        assert_eq!(decide(&message(Some(599), 1000), Some(&unknown)), wait);
        assert_eq!(
            decide(&message(Some(600), 1000), Some(&unknown)),
            Next::Push
        );
    }
}
