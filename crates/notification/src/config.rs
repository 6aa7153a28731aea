//! Configuration from the environment.

use std::{net::SocketAddr, path::PathBuf};

use lettre::message::Mailbox;
use service_kit::{
    config::{ConfigError, Env, Secret},
    db::DatabaseConfig,
};

use crate::mail::Smtp;

/// The mail server when only `MAIL_USER` and `MAIL_PASS` are given, as in the original.
const GMAIL: &str = "smtps://smtp.gmail.com";

/// The usual port.
pub const PORT: u16 = 8000;

/// How this process is set up.
#[derive(Clone)]
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (8000).
    pub listen: SocketAddr,
    /// Its schema is `notification_dev`.
    pub database: DatabaseConfig,
    /// `REDIS_URL`, or `REDIS_HOST` (127.0.0.1) and `REDIS_PORT` (6379): the queue's server, and which
    /// tokens were revoked.
    pub redis_url: Secret,
    /// `JWKS_URL`: the gateway's public keys; default http://127.0.0.1:5000/.well-known/jwks.json.
    pub jwks_url: String,
    /// `SERVICE_JWKS`: file with the public keys of the services that may call. Required.
    pub service_jwks: PathBuf,
    /// `SMTP_URL` (`smtp://host:25`, `smtp://host:587?tls=required`, `smtps://user:password@host`),
    /// `MAIL_USER` and `MAIL_PASS`. The latter two alone mean Gmail. One of both is required.
    pub smtp: Smtp,
    /// `MAIL_FROM`: the sender, such as `Airside <bookings@airside.example>`; default what
    /// `MAIL_USER` is. One of both is required.
    pub mail_from: Mailbox,
    /// `MAIL_SENDERS`: mails under way at a time; 1-32, default 1. A mail that the server accepted and that
    /// is not yet marked SENT goes out again when the process is killed: one mail with one sender. Each sends
    /// about 24 a second.
    pub mail_senders: usize,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: env.listen_address(PORT)?,
            database: DatabaseConfig::from_env(env, "notification_dev")?,
            redis_url: env.redis_url()?,
            jwks_url: env.url("JWKS_URL", "http://127.0.0.1:5000/.well-known/jwks.json")?,
            service_jwks: env.required("SERVICE_JWKS")?.into(),
            smtp: smtp(env)?,
            mail_from: mail_from(env)?,
            mail_senders: env.number("MAIL_SENDERS", 1, 1..=32)?,
        })
    }
}

fn smtp(env: &Env) -> Result<Smtp, ConfigError> {
    let account = match (env.optional("MAIL_USER"), env.optional("MAIL_PASS")) {
        (Some(user), Some(password)) => Some((user.to_owned(), Secret::new(password))),
        (None, None) => None,
        (Some(_), None) => return Err(ConfigError::new("MAIL_PASS", "is required with MAIL_USER")),
        (None, Some(_)) => return Err(ConfigError::new("MAIL_USER", "is required with MAIL_PASS")),
    };
    let url = match (env.optional("SMTP_URL"), &account) {
        (Some(url), _) => url,
        (None, Some(_)) => GMAIL,
        (None, None) => {
            let problem = "is required and not set (nor MAIL_USER and MAIL_PASS)";
            return Err(ConfigError::new("SMTP_URL", problem));
        }
    };
    // The parser's own message would repeat a password in the URL.
    Smtp::new(url, account).map_err(|_| {
        ConfigError::new(
            "SMTP_URL",
            "must be smtp://host:port or smtps://host, with user:password@ if need be",
        )
    })
}

fn mail_from(env: &Env) -> Result<Mailbox, ConfigError> {
    let given = env
        .optional("MAIL_FROM")
        .or_else(|| env.optional("MAIL_USER"));
    given
        .ok_or_else(|| ConfigError::new("MAIL_FROM", "is required and not set"))?
        .parse()
        .map_err(|_| {
            ConfigError::new(
                "MAIL_FROM",
                "must be an address such as Airside <bookings@airside.example>",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(variables: &[(&str, &str)]) -> Option<String> {
        let always = [
            ("DATABASE_URL", "mysql://u:p@localhost/notification_dev"),
            ("SERVICE_JWKS", "keys.json"),
        ];
        let env = Env::from_pairs(always.iter().chain(variables).copied());
        Config::from_env(&env).err().map(|error| error.variable)
    }

    #[test]
    fn the_mail_server_is_told_by_url_or_by_account() {
        let from = ("MAIL_FROM", "Airside <bookings@airside.example>");
        assert_eq!(fault(&[("SMTP_URL", "smtp://127.0.0.1:1025"), from]), None);
        let user = ("MAIL_USER", "airside@gmail.example");
        assert_eq!(fault(&[user, ("MAIL_PASS", "secret")]), None);
        assert_eq!(fault(&[from]).as_deref(), Some("SMTP_URL"));
        assert_eq!(fault(&[user]).as_deref(), Some("MAIL_PASS"));
        assert_eq!(
            fault(&[("SMTP_URL", "http://x"), from]).as_deref(),
            Some("SMTP_URL")
        );
        assert_eq!(
            fault(&[("SMTP_URL", "smtp://x")]).as_deref(),
            Some("MAIL_FROM")
        );
        let bad = ("MAIL_FROM", "nobody");
        assert_eq!(
            fault(&[("SMTP_URL", "smtp://x"), bad]).as_deref(),
            Some("MAIL_FROM")
        );
    }
}
