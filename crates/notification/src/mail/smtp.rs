//! The mail server.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, Tokio1Executor,
    transport::smtp::{AsyncSmtpTransportBuilder, Error, PoolConfig, authentication::Credentials},
};
use service_kit::config::Secret;

use crate::deliveries::Outcome;

/// One connection that is opened when needed, closed when idle, and replaced when broken.
///
/// It carries about 24 mails a second whatever the server: lettre 0.11.23 writes a mail and its
/// final dot apart on a socket without `TCP_NODELAY`, so each mail waits 40 ms for a delayed
/// acknowledgement. Mended upstream (lettre#1159), not yet released; until then `MAIL_SENDERS` is
/// the way to more.
pub type Connection = AsyncSmtpTransport<Tokio1Executor>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How to reach the mail server.
#[derive(Clone)]
pub struct Smtp(AsyncSmtpTransportBuilder);

impl Smtp {
    /// From a URL (`smtp://`, `smtps://`, `smtp://..?tls=required`) and, if it has none, a user
    /// and a password.
    pub fn new(url: &str, account: Option<(String, Secret)>) -> Result<Self, Error> {
        let mut builder = Connection::from_url(url)?
            .timeout(Some(CONNECT_TIMEOUT))
            .pool_config(PoolConfig::new().max_size(1).idle_timeout(IDLE_TIMEOUT));
        if let Some((user, password)) = account {
            builder = builder.credentials(Credentials::new(user, password.expose().to_owned()));
        }
        Ok(Self(builder))
    }

    /// A connection of its own.
    pub fn connection(&self) -> Connection {
        self.0.clone().build()
    }
}

/// What a failed attempt means for the mail.
pub fn verdict(error: &Error) -> Outcome {
    match error.is_permanent() && !is_about_us(error) {
        true => Outcome::Permanent(error.to_string()),
        // Refused connections, broken ones and 4xx alike.
        false => Outcome::Transient(error.to_string()),
    }
}

/// 5xx answers to our credentials (RFC 4954) or to our lack of TLS (RFC 3207) condemn no mail:
/// somebody will mend the configuration.
fn is_about_us(error: &Error) -> bool {
    let code = error.status().map(u16::from);
    matches!(code, Some(523 | 530 | 534 | 535 | 538))
}
