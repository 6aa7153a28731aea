//! MySQL and MariaDB as every service uses them.

mod enums;
mod errors;
mod migrate;
mod pool;
mod probe;
mod retry;

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, Executor, MySqlPool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
};

use crate::config::{ConfigError, Env};

pub use errors::{Failing, is_away, is_duplicate, is_duplicate_of, is_referenced, number};
pub use migrate::{is_current, migrate};
pub use pool::show;
pub use probe::{Found, Probe};
pub use retry::retry;

/// Where a service's schema is.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`: the service's own account and schema, `mysql://user:password@host:port/schema`,
    /// `?socket=/path` for a unix socket; or in parts `DATABASE_HOST`, `DATABASE_PORT` (3306),
    /// `DATABASE_USER`, `DATABASE_PASSWORD`, `DATABASE_NAME` (the service's schema). Required.
    options: MySqlConnectOptions,
    /// `DATABASE_CONNECTIONS`: most connections at a time; 2-1000, default 32.
    pub connections: u32,
}

/// `MIGRATE_DATABASE_URL`: for `migrate` alone, where it is required: an account with all rights in
/// the schema.
const MIGRATE: &str = "MIGRATE_DATABASE_URL";

impl DatabaseConfig {
    /// Reads the configuration; `schema` is the default name.
    pub fn from_env(env: &Env, schema: &str) -> Result<Self, ConfigError> {
        Self::from_url_variable(env, "DATABASE_URL", schema)
    }

    /// Reads the configuration of the account that may change tables.
    pub fn for_migration(env: &Env) -> Result<Self, ConfigError> {
        env.required(MIGRATE)?;
        Self::from_url_variable(env, MIGRATE, "")
    }

    fn from_url_variable(env: &Env, variable: &str, schema: &str) -> Result<Self, ConfigError> {
        let options = match env.optional(variable) {
            Some(url) => options_of(url).ok_or_else(|| {
                ConfigError::new(variable, "must be mysql://user:password@host:port/schema")
            })?,
            None => MySqlConnectOptions::new()
                .host(env.required("DATABASE_HOST").map_err(|_| {
                    ConfigError::new(variable, "is required and not set (nor DATABASE_HOST)")
                })?)
                .port(env.number("DATABASE_PORT", 3306, 1..=u16::MAX)?)
                .username(env.required("DATABASE_USER")?)
                .password(env.required("DATABASE_PASSWORD")?)
                .database(&env.text("DATABASE_NAME", schema)),
        };
        let connections = env.number("DATABASE_CONNECTIONS", 32, 2..=1000)?;
        Ok(Self {
            options: options.statement_cache_capacity(1024),
            connections,
        })
    }

    /// A pool that connects when first used, so that a service starts while its database is away.
    /// Sessions run READ COMMITTED in UTC. A connection that stopped answering, with or without
    /// a reset, is replaced before it is used and gives its place back after it was.
    pub fn pool(&self) -> MySqlPool {
        MySqlPoolOptions::new()
            .max_connections(self.connections)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    let level = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
                    connection.execute(level).await?;
                    connection
                        .execute("SET SESSION innodb_lock_wait_timeout = 5")
                        .await?;
                    Ok(())
                })
            })
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    match meta.idle_for < TRUSTED_IDLE {
                        true => Ok(true),
                        false => in_time(connection.ping()).await,
                    }
                })
            })
            // sqlx pings a returned connection itself, which would wait for ever for what a request
            // that was given up has left unread. Where nothing is left this asks nothing.
            .after_release(|connection, _| Box::pin(in_time(connection.flush())))
            .connect_lazy_with(self.options.clone())
    }
}

/// A connection that was idle for less is used without asking whether it still answers.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// How long a connection may take to answer before it counts as lost.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

/// Whether the server answers in time; an error closes the connection without a farewell.
async fn in_time(answer: impl Future<Output = sqlx::Result<()>>) -> sqlx::Result<bool> {
    match tokio::time::timeout(PING_TIMEOUT, answer).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// sqlx itself reads any scheme as MySQL's.
fn options_of(url: &str) -> Option<MySqlConnectOptions> {
    let is_mysql = ["mysql://", "mariadb://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    MySqlConnectOptions::from_str(url).ok().filter(|_| is_mysql)
}
