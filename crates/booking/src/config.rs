//! Configuration: each variable is documented on its field.

use std::{net::SocketAddr, path::PathBuf};

use service_kit::{
    config::{ConfigError, Env, Secret},
    db::DatabaseConfig,
};

/// The usual port.
pub const PORT: u16 = 4000;

/// Everything that booking is told from outside.
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (4000).
    pub listen: SocketAddr,
    /// Its schema is `flights_dev`.
    pub database: DatabaseConfig,
    /// `REDIS_URL`, or `REDIS_HOST` (127.0.0.1) and `REDIS_PORT` (6379): the queue of e-mails, and
    /// which tokens were revoked.
    pub redis_url: Secret,
    /// `JWKS_URL`: the gateway's public keys. Required.
    pub jwks_url: String,
    /// `SERVICE_KEY`: PEM file of booking's own Ed25519 key (`gateway keys create`). Required.
    pub service_key: PathBuf,
    /// `SERVICE_JWKS`: file with the public keys of the services that may call. Required.
    pub service_jwks: PathBuf,
    /// `FLIGHT_SERVICE`: base URL of flights; default http://127.0.0.1:3500.
    pub flight_service: String,
    /// `PAYMENT_URL`: base URL of the card provider; default http://127.0.0.1:4500.
    pub payment_url: String,
    /// `NOTIFICATION_SERVICE`: base URL of notification; default http://127.0.0.1:8000.
    pub notification_service: String,
    /// The rules that an operator may set.
    pub rules: Rules,
}

/// The rules that an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// `HOLD_TTL_SECONDS`: how long seats wait for payment; 60-900 s, default 600.
    pub hold_ttl_seconds: u32,
    /// `MAX_UNPAID_HOLDS`: bookings INITIATED or PENDING a user may have; default 3, 0 = off.
    pub max_unpaid_holds: u32,
}

impl Config {
    /// Reads the environment; the first fault names its variable.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: env.listen_address(PORT)?,
            database: DatabaseConfig::from_env(env, "flights_dev")?,
            redis_url: env.redis_url()?,
            jwks_url: env.url("JWKS_URL", "")?,
            service_key: env.required("SERVICE_KEY")?.into(),
            service_jwks: env.required("SERVICE_JWKS")?.into(),
            flight_service: env.url("FLIGHT_SERVICE", "http://127.0.0.1:3500")?,
            payment_url: env.url("PAYMENT_URL", "http://127.0.0.1:4500")?,
            notification_service: env.url("NOTIFICATION_SERVICE", "http://127.0.0.1:8000")?,
            rules: Rules {
                hold_ttl_seconds: env.number("HOLD_TTL_SECONDS", 600, 60..=900)?,
                max_unpaid_holds: env.number("MAX_UNPAID_HOLDS", 3, 0..=1_000_000)?,
            },
        })
    }
}
