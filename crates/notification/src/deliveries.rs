//! The ledger of e-mails. A job is a row, QUEUED until a worker claims it (SENDING, under a
//! lease), and SENT or DEAD in the end. The ledger's own sweep is the only retry.

pub mod erasure;
pub mod operating;
pub mod query;
pub mod store;

use std::{sync::Arc, time::Duration};

use contracts::email::{DeliveryState, EmailJob};
use service_kit::{db, str_enum};
use sqlx::{MySqlPool, types::Json};
use tokio::sync::Notify;

/// A worker that has not said what became of its row by then has lost it to others. Longer than
/// an attempt can take ([`crate::mail::SEND_TIMEOUT`]) with the writing of its result.
pub const LEASE: Duration = Duration::from_secs(60);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

str_enum! {
    /// Where an e-mail stands, as stored.
    pub enum State {
        /// Waits for its next attempt.
        Queued = "QUEUED",
        /// A worker has it.
        Sending = "SENDING",
        /// The mail server accepted it.
        Sent = "SENT",
        /// Given up.
        Dead = "DEAD",
    }
}

impl From<State> for DeliveryState {
    fn from(state: State) -> Self {
        match state {
            State::Queued => Self::Queued,
            State::Sending => Self::Sending,
            State::Sent => Self::Sent,
            State::Dead => Self::Dead,
        }
    }
}

/// A row that may be claimed, and after that the claim.
#[derive(Clone, Debug, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct Delivery {
    /// ULID.
    pub job_id: String,
    /// Name of the template.
    pub template: String,
    /// The job as it came. Read when it is sent: one that cannot be read holds up no other.
    pub payload: Json<serde_json::Value>,
    /// Message-ID, in angle brackets.
    pub message_id: String,
    /// Claims so far; once claimed, which of them this is. A result counts for its claim alone.
    pub attempts: u32,
}

impl Delivery {
    /// The correlation id of all that is done for it: the one that its job says, else the job's own.
    pub fn cause(&self) -> String {
        let said = self.payload.get("correlationId").and_then(|id| id.as_str());
        said.unwrap_or(&self.job_id).to_owned()
    }
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server accepted it.
    Accepted,
    /// It may work later.
    Transient(String),
    /// It never will.
    Permanent(String),
}

/// The ledger, as the queue and the senders share it.
#[derive(Clone)]
pub struct Ledger {
    pool: MySqlPool,
    domain: Arc<str>,
    wake: Arc<Notify>,
}

impl Ledger {
    /// A ledger whose Message-IDs are of `domain`.
    pub fn new(pool: MySqlPool, domain: &str) -> Self {
        Self {
            pool,
            domain: domain.into(),
            wake: Arc::default(),
        }
    }

    /// Writes a job down, once however often it comes, and wakes the senders.
    pub async fn take_in(&self, job: &EmailJob) -> sqlx::Result<()> {
        // The same for every copy of the job, so that a receiver can drop a second one.
        let message_id = format!("<{}@{}>", job.job_id, self.domain);
        if db::retry(|| store::insert(&self.pool, job, &message_id)).await? {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Resolves when a job has come in since the last call.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Rows that may be claimed: those whose worker let its lease run out, then those that are
    /// due. At most `limit` of each.
    pub async fn due(&self, limit: usize) -> sqlx::Result<Vec<Delivery>> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let mut due = store::leases_run_out(&self.pool, limit).await?;
        due.extend(store::due(&self.pool, limit).await?);
        Ok(due)
    }

    /// Claims a row for [`LEASE`]; `None` if somebody was faster.
    pub async fn claim(&self, mut delivery: Delivery) -> sqlx::Result<Option<Delivery>> {
        if !db::retry(|| store::claim(&self.pool, &delivery)).await? {
            return Ok(None);
        }
        delivery.attempts += 1;
        Ok(Some(delivery))
    }

    /// Stores what became of a claim; `false` if the claim was lost in the meantime.
    pub async fn settle(&self, claim: &Delivery, outcome: &Outcome) -> sqlx::Result<bool> {
        db::retry(|| store::settle(&self.pool, claim, outcome)).await
    }
}

/// The pause after so many attempts: 1 s, 2 s, 4 s .. 1 h.
pub fn pause_after(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(20);
    Duration::from_secs(1 << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_second_to_an_hour() {
        let seconds = |attempts| pause_after(attempts).as_secs();
        assert_eq!([1, 2, 3, 12].map(seconds), [1, 2, 4, 2048]);
        assert_eq!([13, 100, u32::MAX].map(seconds), [3600, 3600, 3600]);
    }
}
