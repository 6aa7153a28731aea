//! Jobs of queues as the dashboard shows them, and the ledger of e-mails as it is worked from
//! there: booking asks, notification decides. Personal data is masked before it is sent.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CallError, Endpoint};

const TIMEOUT: Duration = Duration::from_secs(3);
const NO_BODY: Option<&()> = None;
const PAUSE: &str = "/internal/v1/deliveries/pause";

/// Code of the 409 by which an action says that the job stands where it cannot be done.
pub const NOT_NOW: &str = "NOT_NOW";

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Due, and nobody has it yet.
    Waiting,
    /// Somebody has it, under a lease.
    Running,
    /// Not due yet.
    Delayed,
    /// The last attempt failed; the next one is not due yet.
    Failed,
    /// Given up.
    Dead,
    /// Given up, and an operator wants to see no more of it; or blank, its owner being erased.
    Discarded,
    /// Carried out.
    Done,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Running,
        Self::Delayed,
        Self::Failed,
        Self::Dead,
        Self::Discarded,
        Self::Done,
    ];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Delayed => "delayed",
            Self::Failed => "failed",
            Self::Dead => "dead",
            Self::Discarded => "discarded",
            Self::Done => "done",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// How many jobs of a queue stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "see `JobState`")]
pub struct Counts {
    pub waiting: i64,
    pub running: i64,
    pub delayed: i64,
    pub failed: i64,
    pub dead: i64,
    pub discarded: i64,
    /// In the last five minutes.
    pub done: i64,
}

impl Counts {
    /// The number of one state.
    pub fn of(&mut self, state: JobState) -> &mut i64 {
        match state {
            JobState::Waiting => &mut self.waiting,
            JobState::Running => &mut self.running,
            JobState::Delayed => &mut self.delayed,
            JobState::Failed => &mut self.failed,
            JobState::Dead => &mut self.dead,
            JobState::Discarded => &mut self.discarded,
            JobState::Done => &mut self.done,
        }
    }
}

/// A queue at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueState {
    /// Since when it stands still, if it does.
    pub paused: Option<Paused>,
    /// How many jobs stand where.
    pub counts: Counts,
    /// Age in seconds of the oldest that is neither done nor given up; 0 if there is none.
    pub oldest_seconds: i64,
    /// Jobs that came in the last minute.
    pub came_last_minute: i64,
    /// Jobs carried out in the last minute.
    pub done_last_minute: i64,
}

/// A queue is paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Account of who did it.
    pub by: i64,
}

/// The ledger of e-mails and the Redis queue before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerState {
    /// The ledger.
    pub ledger: QueueState,
    /// The queue; `None` while Redis does not answer.
    pub redis: Option<RedisDepth>,
}

/// Jobs in the Redis queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedisDepth {
    /// For a worker to fetch.
    pub waiting: u32,
    /// Not due yet.
    pub scheduled: u32,
    /// At a worker.
    pub in_flight: u32,
    /// Those that made no sense.
    pub dead: u32,
}

/// Which jobs are asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListJobs {
    /// Only those that stand so.
    pub state: Option<JobState>,
    /// Only those with a lower id, which is older.
    pub before: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A job in a list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// ULID.
    pub id: String,
    /// Where it stands.
    pub state: JobState,
    /// What it is: the topic of an outbox row, the template of an e-mail.
    pub what: String,
    /// Booking that it is about, if it says so.
    pub booking_id: Option<i64>,
    /// Attempts so far.
    pub attempts: u32,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it is due next; of one that has ended, when that was.
    pub at: DateTime<Utc>,
}

/// A job with all that may be shown of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobDetail {
    /// As in the list.
    #[serde(flatten)]
    pub job: Job,
    /// What it carries, personal data masked.
    pub payload: Value,
    /// What the last attempt failed of, masked.
    pub last_error: Option<String>,
}

/// Jobs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Jobs {
    /// Newest first.
    pub jobs: Vec<Job>,
}

/// Who does something.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// Account.
    pub by: i64,
}

/// How much an action changed; 0 when it was so already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Jobs, or 1 for a queue.
    pub changed: u64,
}

/// Works the ledger of e-mails.
#[derive(Clone)]
pub struct LedgerClient(Endpoint);

impl LedgerClient {
    /// A client of notification at `endpoint`.
    pub fn new(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }

    /// Ledger and queue at a glance.
    pub async fn state(&self) -> Result<LedgerState, CallError> {
        self.read("state").await
    }

    /// A page of jobs.
    pub async fn list(&self, asked: &ListJobs) -> Result<Vec<Job>, CallError> {
        let path = "/internal/v1/deliveries/list";
        let jobs: Jobs = self
            .0
            .call(Method::POST, path, Some(asked), TIMEOUT)
            .await?;
        Ok(jobs.jobs)
    }

    /// A job; refused with `NOT_FOUND` if there is none of this id, which must be a ULID.
    pub async fn get(&self, id: &str) -> Result<JobDetail, CallError> {
        self.read(id).await
    }

    /// Has a mail tried again now that waits for its next attempt or is dead.
    pub async fn retry(&self, id: &str) -> Result<Changed, CallError> {
        self.act(&format!("{id}/retry")).await
    }

    /// Gives up a mail that is not sent, for good.
    pub async fn discard(&self, id: &str) -> Result<Changed, CallError> {
        self.act(&format!("{id}/discard")).await
    }

    /// Has all dead mails tried again.
    pub async fn replay(&self) -> Result<Changed, CallError> {
        self.act("replay").await
    }

    /// Sends no more mails, on any replica, until [`Self::resume`].
    pub async fn pause(&self, by: By) -> Result<Changed, CallError> {
        self.0.call(Method::PUT, PAUSE, Some(&by), TIMEOUT).await
    }

    /// Sends mails again.
    pub async fn resume(&self) -> Result<Changed, CallError> {
        self.0.call(Method::DELETE, PAUSE, NO_BODY, TIMEOUT).await
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, what: &str) -> Result<T, CallError> {
        let path = format!("/internal/v1/deliveries/{what}");
        self.0.call(Method::GET, &path, NO_BODY, TIMEOUT).await
    }

    async fn act(&self, what: &str) -> Result<Changed, CallError> {
        let path = format!("/internal/v1/deliveries/{what}");
        self.0.call(Method::POST, &path, NO_BODY, TIMEOUT).await
    }
}
