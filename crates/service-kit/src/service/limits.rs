//! What a listener lets its clients take: connections, time, bytes.

use std::time::Duration;

use crate::{
    config::{ConfigError, Env},
    http::deadline,
};

/// The head of a request, from its first line to the empty one, in bytes.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
/// Its path and query in bytes.
pub(super) const URI_BYTES: usize = 8 * 1024;

/// What connections may take. The defaults are the product's; tests have less patience.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `MAX_CONNECTIONS`: connections open at once; 1-1000000, default 10000.
    pub connections: usize,
    /// `MAX_CONNECTIONS_PER_ADDRESS`: of these from one address (IPv6: from one /64 network);
    /// default 1024 for the gateway, which the internet reaches, elsewhere 0. 0 is no limit.
    pub connections_per_address: usize,
    /// From connecting to the first byte.
    pub first_byte: Duration,
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// Between two pieces of a request's body. Less than a request's deadline, whose 503 would
    /// blame the server.
    pub body: Duration,
    /// Until a client takes more of the answer.
    pub write: Duration,
    /// From a request to the head of its answer; default 10 s.
    pub request: Duration,
    /// Whether a caller may have less patience than that (`x-request-timeout-ms`); default yes,
    /// where the internet connects no.
    pub heeds_callers: bool,
    /// From an answer to the next request on its connection. Longer than our own clients keep an
    /// unused connection (30 s), so that no request meets its end.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 0,
            first_byte: Duration::from_secs(5),
            head: Duration::from_secs(5),
            body: Duration::from_secs(8),
            write: Duration::from_secs(30),
            request: deadline::LIMIT,
            heeds_callers: true,
            idle: Duration::from_secs(75),
        }
    }
}

impl Limits {
    /// These limits where everybody may connect.
    pub(super) fn in_public(self) -> Self {
        Self {
            connections_per_address: 1_024,
            heeds_callers: false,
            ..self
        }
    }

    /// These limits with what the environment says instead.
    pub fn with_env(self, env: &Env) -> Result<Self, ConfigError> {
        let most = 1_000_000;
        let (all, one) = (self.connections, self.connections_per_address);
        Ok(Self {
            connections: env.number("MAX_CONNECTIONS", all, 1..=most)?,
            connections_per_address: env.number("MAX_CONNECTIONS_PER_ADDRESS", one, 0..=most)?,
            ..self
        })
    }
}
