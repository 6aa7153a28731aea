//! Configuration: each variable is documented on its field.

use std::{net::SocketAddr, time::Duration};

use service_kit::config::{ConfigError, Env, Secret};

/// The usual port.
pub const PORT: u16 = 8100;

/// How the patrol is set up.
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (8100): where `/metrics` is.
    pub listen: SocketAddr,
    /// `AUDIT_DATABASE_URL`: the server, `mysql://user:password@host:port/`, by an account that may
    /// read all five schemas. Required.
    pub database: Secret,
    /// `AUDIT_EVERY_SECONDS`: from the end of a look, which reads everything, to the next; 5-86400,
    /// default 300.
    pub pause: Duration,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: env.listen_address(PORT)?,
            database: Secret::new(env.required("AUDIT_DATABASE_URL")?),
            pause: Duration::from_secs(env.number("AUDIT_EVERY_SECONDS", 300, 5..=86_400)?),
        })
    }
}
