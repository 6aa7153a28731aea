//! Configuration from the environment.

use std::{net::SocketAddr, path::PathBuf};

use service_kit::{
    config::{ConfigError, Env, Secret},
    db::DatabaseConfig,
};

use crate::currency::Currency;

/// The schema's name where the environment does not give one.
pub const SCHEMA: &str = "flights_booking";

/// The usual port.
pub const PORT: u16 = 3500;

/// How this process is set up.
#[derive(Clone)]
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (3500).
    pub listen: SocketAddr,
    /// Its schema is `flights_booking`.
    pub database: DatabaseConfig,
    /// `JWKS_URL`: the gateway's public keys. Required.
    pub jwks_url: String,
    /// `SERVICE_JWKS`: file with the public keys of the services that may call. Required.
    pub service_jwks: PathBuf,
    /// `REDIS_URL`, or `REDIS_HOST` (127.0.0.1) and `REDIS_PORT` (6379): which tokens were revoked.
    pub redis_url: Secret,
    /// `DEFAULT_CURRENCY`: ISO 4217, of a flight that is created without one; default USD.
    pub default_currency: Currency,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let currency = env.text("DEFAULT_CURRENCY", "USD");
        Ok(Self {
            listen: env.listen_address(PORT)?,
            database: DatabaseConfig::from_env(env, SCHEMA)?,
            jwks_url: env.url("JWKS_URL", "")?,
            service_jwks: env.required("SERVICE_JWKS")?.into(),
            redis_url: env.redis_url()?,
            default_currency: currency
                .parse()
                .map_err(|rule: &str| ConfigError::new("DEFAULT_CURRENCY", rule))?,
        })
    }
}
