//! E-mail: booking and the gateway push jobs to a Redis queue, notification sends and keeps the
//! ledger.

use std::{collections::HashSet, time::Duration};

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CallError, Endpoint};

/// Service name of notification.
pub const NOTIFICATION: &str = "notification";
/// The Redis queue, as in the original. Both ends use apalis' `RedisStorage` with
/// `Config::default().queue(QUEUE)`, the job as JSON. Its length is the list `{QUEUE}:active`, the
/// sorted set `{QUEUE}:scheduled` (where each push goes first), and a set
/// `{QUEUE}:inflight:{worker}` for each member of the sorted set `{QUEUE}:workers`. What is done
/// lies in `{QUEUE}:data` and `{QUEUE}:meta:{task}` until notification trims it.
pub const QUEUE: &str = "queue-mailer";
const TIMEOUT: Duration = Duration::from_secs(3);

/// A job of the queue (`payload-mail` in the original). The queue is a hint: a job may come
/// twice, late or never; `job_id` says which e-mail it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailJob {
    /// ULID of the outbox row.
    pub job_id: String,
    /// Recipient's address.
    pub to: String,
    /// Subject line. The template's own subject is used where this is empty.
    pub subject: String,
    /// Name of a folder of templates, such as `booking_success`.
    pub template_id: String,
    /// What the template shows.
    pub params: Value,
    /// Account of the person it is for: whoever is erased has their mails blanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    /// Correlation id of the request that caused it: logged, and a header of the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
}

/// An e-mail as an outbox row has it, beside what it is about: a job but for its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Email<P = Value> {
    /// See [`EmailJob::to`].
    pub to: String,
    /// See [`EmailJob::subject`].
    pub subject: String,
    /// See [`EmailJob::template_id`].
    pub template_id: String,
    /// See [`EmailJob::params`].
    pub params: P,
    /// See [`EmailJob::user_id`].
    pub user_id: Option<i64>,
}

impl EmailJob {
    /// The correlation id of all that is done for it: the request's, else the job's own.
    pub fn cause(&self) -> String {
        let cause = self.correlation_id.as_ref().unwrap_or(&self.job_id);
        cause.clone()
    }

    /// The job of an outbox row. The payload is an [`Email`]; what else it says stays there.
    pub fn from_row(id: &str, payload: &Value, cause: String) -> serde_json::Result<Self> {
        let email = Email::<Value>::deserialize(payload)?;
        Ok(Self {
            job_id: id.to_owned(),
            to: email.to,
            subject: email.subject,
            template_id: email.template_id,
            params: email.params,
            user_id: email.user_id,
            correlation_id: Some(cause),
        })
    }
}

/// What the templates of mails to an account's holder show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountEmail {
    /// The holder's name.
    pub name: String,
    /// Where to go on, with a token; in `welcome`, `verify_email` and `password_reset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What the templates `booking_success`, `booking_expired` and `booking_cancelled` show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingEmail {
    /// The buyer's name.
    pub name: String,
    /// Record locator; 6 characters.
    pub reference: String,
    /// Total in major units with its currency, `USD 218.00`.
    pub total: String,
    /// Whether money goes back (cancellations).
    pub refunded: bool,
    /// One entry a flight.
    pub flights: Vec<BookingEmailFlight>,
}

/// A flight of a booking in an e-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingEmailFlight {
    /// `AA100`.
    pub flight_number: String,
    /// IATA code.
    pub from: String,
    /// IATA code.
    pub to: String,
    /// Local departure, `Thu 24 Dec 2026 18:05`.
    pub departure: String,
    /// Local arrival, the same form.
    pub arrival: String,
    /// How many seats.
    pub seats: u32,
}

/// Where an e-mail stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeliveryState {
    /// Waits for its next attempt.
    Queued,
    /// A worker has it.
    Sending,
    /// The mail server accepted it.
    Sent,
    /// Given up; can be replayed.
    Dead,
}

/// Body of `POST /internal/v1/deliveries/query`: at most 500 ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// Job ids.
    pub job_ids: Vec<String>,
}

/// Its answer: the jobs that the ledger knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deliveries {
    /// Unknown ones are left out.
    pub deliveries: Vec<Delivery>,
}

/// A job that the ledger knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Job id.
    pub job_id: String,
    /// Where it stands.
    pub state: DeliveryState,
}

/// Asks notification.
#[derive(Clone)]
pub struct DeliveriesClient(Endpoint);

impl DeliveriesClient {
    /// A client of notification at `endpoint`.
    pub fn new(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }

    /// Which of these jobs the ledger knows.
    pub async fn query(&self, job_ids: Vec<String>) -> Result<Vec<Delivery>, CallError> {
        let query = DeliveriesQuery { job_ids };
        let answer: Deliveries = self
            .0
            .call(
                Method::POST,
                "/internal/v1/deliveries/query",
                Some(&query),
                TIMEOUT,
            )
            .await?;
        Ok(answer.deliveries)
    }

    /// The same, wherever they stand.
    pub async fn known(&self, job_ids: Vec<String>) -> Result<HashSet<String>, CallError> {
        let deliveries = self.query(job_ids).await?.into_iter();
        Ok(deliveries.map(|delivery| delivery.job_id).collect())
    }
}
