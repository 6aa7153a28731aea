//! MySQL and MariaDB as every service uses them.

mod enums;
mod errors;
mod migrate;
mod retry;

use std::{str::FromStr, time::Duration};

use sqlx::{
    Executor, MySqlPool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
};

use crate::config::{ConfigError, Env};

pub use errors::{Failing, is_away, is_duplicate, is_duplicate_of, is_referenced, number};
pub use migrate::{is_current, migrate};
pub use retry::retry;

/// Where a service's schema is, from `DATABASE_URL` (`mysql://user:pw@host/schema?socket=..`) or
/// `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_USER`, `DATABASE_PASSWORD`, `DATABASE_NAME`.
#[derive(Clone)]
pub struct DatabaseConfig {
    options: MySqlConnectOptions,
    /// Most connections at a time, from `DATABASE_CONNECTIONS`, default 32.
    pub connections: u32,
}

impl DatabaseConfig {
    /// Reads the configuration; `schema` is the default name.
    pub fn from_env(env: &Env, schema: &str) -> Result<Self, ConfigError> {
        Self::from_url_variable(env, "DATABASE_URL", schema)
    }

    /// Reads the configuration of the account that may change tables: `MIGRATE_DATABASE_URL`.
    pub fn for_migration(env: &Env) -> Result<Self, ConfigError> {
        env.required("MIGRATE_DATABASE_URL")?;
        Self::from_url_variable(env, "MIGRATE_DATABASE_URL", "")
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
    /// Sessions run READ COMMITTED in UTC.
    pub fn pool(&self) -> MySqlPool {
        self.pool_of(self.connections, Duration::from_secs(5))
    }

    /// A single connection apart from the pool, for readiness: a busy pool is not a lost database.
    pub fn probe_pool(&self) -> MySqlPool {
        self.pool_of(1, Duration::from_secs(1))
    }

    fn pool_of(&self, connections: u32, acquire_timeout: Duration) -> MySqlPool {
        MySqlPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(acquire_timeout)
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
            .connect_lazy_with(self.options.clone())
    }
}

/// sqlx itself reads any scheme as MySQL's.
fn options_of(url: &str) -> Option<MySqlConnectOptions> {
    let is_mysql = ["mysql://", "mariadb://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    MySqlConnectOptions::from_str(url).ok().filter(|_| is_mysql)
}
