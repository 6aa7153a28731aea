//! Configuration from the environment.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use service_kit::{
    config::{ConfigError, Env},
    db::DatabaseConfig,
};

/// A longer delay would outlive a request, whose deadline is 10 s.
const LONGEST_DELAY_MS: u64 = 9_000;

/// The usual port.
pub const PORT: u16 = 4500;

/// How this process is set up.
#[derive(Clone)]
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (4500).
    pub listen: SocketAddr,
    /// Its schema is `payment_sandbox`.
    pub database: DatabaseConfig,
    /// `SERVICE_JWKS`: file with the public keys of the services that may call. Required.
    pub service_jwks: PathBuf,
    /// `CHARGE_DELAY_MS`: how long a charge runs before it is decided; at most 9000, default 0.
    pub charge_delay: Duration,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let delay = env.number("CHARGE_DELAY_MS", 0, 0..=LONGEST_DELAY_MS)?;
        Ok(Self {
            listen: env.listen_address(PORT)?,
            database: DatabaseConfig::from_env(env, "payment_sandbox")?,
            service_jwks: env.required("SERVICE_JWKS")?.into(),
            charge_delay: Duration::from_millis(delay),
        })
    }
}

#[cfg(test)]
mod tests {
    use service_kit::http::deadline;

    use super::*;

    #[test]
    fn a_charge_is_decided_before_its_request_is_given_up() {
        let with = |delay: &str| {
            Config::from_env(&Env::from_pairs([
                ("DATABASE_URL", "mysql://root@localhost/x"),
                ("SERVICE_JWKS", "jwks.json"),
                ("CHARGE_DELAY_MS", delay),
            ]))
        };
        let longest = with(&LONGEST_DELAY_MS.to_string()).expect("a good delay");
        assert!(longest.charge_delay < deadline::LIMIT);
        let Err(error) = with(&(LONGEST_DELAY_MS + 1).to_string()) else {
            panic!("a longer delay was accepted");
        };
        assert!(
            error.to_string().starts_with("CHARGE_DELAY_MS: "),
            "{error}"
        );
    }
}
