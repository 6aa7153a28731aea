//! A mail from job to mail server: templates, message, SMTP.

mod compose;
mod smtp;

use std::{sync::Mutex, time::Duration};

use contracts::email::EmailJob;
use lettre::AsyncTransport;
use tokio::time::timeout;

use crate::deliveries::Outcome;

pub use compose::{ComposeError, Composer, Parts};
pub use smtp::Smtp;
use smtp::{Connection, verdict};

/// An attempt takes at most this long, from connecting to the mail server's last word.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// Composes mails and sends them over connections that are kept.
pub struct Mailbag {
    composer: Composer,
    smtp: Smtp,
    idle: Mutex<Vec<Connection>>,
}

impl Mailbag {
    /// Sends to the mail server `smtp`; connects when first used.
    pub fn new(composer: Composer, smtp: Smtp) -> Self {
        Self {
            composer,
            smtp,
            idle: Mutex::default(),
        }
    }

    /// Whether there is such a template.
    pub fn knows(&self, template: &str) -> bool {
        self.composer.knows(template)
    }

    /// One attempt to send a job's mail.
    pub async fn send(&self, payload: &serde_json::Value, message_id: &str) -> Outcome {
        let job: EmailJob = match serde::Deserialize::deserialize(payload) {
            Ok(job) => job,
            Err(error) => return Outcome::Permanent(format!("unreadable job: {error}")),
        };
        let message = match self.composer.compose(&job, message_id) {
            Ok(message) => message,
            Err(error) => return Outcome::Permanent(error.to_string()),
        };
        let connection = self.connection();
        // A connection on which time ran out is dropped, never used again: the server's late
        // answer to this mail would pass for its answer to the next.
        match timeout(SEND_TIMEOUT, connection.send(message)).await {
            Ok(Ok(_)) => {
                self.keep(connection);
                Outcome::Accepted
            }
            Ok(Err(error)) => {
                self.keep(connection);
                verdict(&error)
            }
            Err(_) => Outcome::Transient(format!("no answer within {} s", SEND_TIMEOUT.as_secs())),
        }
    }

    fn connection(&self) -> Connection {
        let kept = self
            .idle
            .lock()
            .expect("invariant: no panic under the lock")
            .pop();
        kept.unwrap_or_else(|| self.smtp.connection())
    }

    fn keep(&self, connection: Connection) {
        self.idle
            .lock()
            .expect("invariant: no panic under the lock")
            .push(connection);
    }
}
