//! Asks whether the database is there, on a connection of its own each time: a busy pool is not a
//! lost database, and a lost connection is not one either.

use std::time::{Duration, Instant};

use sqlx::{Connection, Executor, MySqlConnection, migrate::Migrator};
use tokio::sync::Mutex;

use super::{DatabaseConfig, is_current};

/// An answer takes no longer than this, also when the database hangs.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an answer is good for, so that whoever polls readiness does not load the database.
const KEPT: Duration = Duration::from_millis(500);

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It answers and has every migration.
    Ready,
    /// It answers, but not every migration has run.
    OldSchema,
    /// It cannot be reached.
    Away,
    /// It does not answer in time.
    Hangs,
}

/// Looks at a database, one look at a time.
pub struct Probe {
    database: DatabaseConfig,
    migrator: &'static Migrator,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    found: Option<(Instant, Found)>,
    /// Migrations are never undone: once seen, they are not looked for again.
    schema_seen: bool,
}

impl Probe {
    /// A probe of `database`, which must have all migrations of `migrator`.
    pub fn new(database: DatabaseConfig, migrator: &'static Migrator) -> Self {
        Self {
            database,
            migrator,
            last: Mutex::default(),
        }
    }

    /// Looks, or repeats what was found within the last half second.
    pub async fn look(&self) -> Found {
        let mut last = self.last.lock().await;
        if let Some((at, found)) = last.found
            && at.elapsed() < KEPT
        {
            return found;
        }
        let look = tokio::time::timeout(PATIENCE, self.connect_and_ask(last.schema_seen));
        let found = match look.await {
            Ok(Ok(true)) => Found::Ready,
            Ok(Ok(false)) => Found::OldSchema,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database cannot be reached");
                Found::Away
            }
            Err(_) => Found::Hangs,
        };
        last.schema_seen |= found == Found::Ready;
        last.found = Some((Instant::now(), found));
        found
    }

    async fn connect_and_ask(&self, schema_seen: bool) -> sqlx::Result<bool> {
        let mut connection = MySqlConnection::connect_with(&self.database.options).await?;
        let current = match schema_seen {
            true => connection.execute("DO 1").await.map(|_| true),
            false => is_current(&mut connection, self.migrator).await,
        }?;
        connection.close().await?;
        Ok(current)
    }
}
