//! Checks the booking protocol's invariants across the five schemas with a read-only account, and
//! names every violator.
//!
//! The schemas are not one snapshot: what looks wrong is read again, and only what stays wrong is
//! reported.

mod checks;
pub mod cli;
pub mod config;
pub mod patrol;
mod quiesce;
mod report;
mod schemas;

use std::{
    collections::{BTreeMap, HashSet},
    future::ready,
    str::FromStr,
    time::Duration,
};

use anyhow::Context;
use futures::TryStreamExt;
use sqlx::{
    AssertSqlSafe, MySqlPool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
};

pub use checks::Check;
pub use quiesce::Left;
pub use report::Report;
pub use schemas::Schemas;

/// Reads the books.
pub struct Audit {
    pool: MySqlPool,
    schemas: Schemas,
    rereads: u32,
    pause: Duration,
}

/// Something that breaks an invariant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Violator {
    /// What and which: `booking 17`.
    pub who: String,
    /// What is wrong with it.
    pub why: String,
}

impl Audit {
    /// An audit by the account of `url` (no schema in it).
    pub fn new(url: &str, schemas: Schemas) -> anyhow::Result<Self> {
        let options = MySqlConnectOptions::from_str(url)
            .map_err(|_| anyhow::anyhow!("must be mysql://user:password@host:port/"))?;
        let pool = MySqlPoolOptions::new()
            .max_connections(2)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            schemas,
            rereads: 3,
            pause: Duration::from_secs(2),
        })
    }

    /// The same with another patience.
    pub fn rereading(self, rereads: u32, pause: Duration) -> Self {
        Self {
            rereads,
            pause,
            ..self
        }
    }

    /// Checks everything.
    pub async fn run(&self) -> anyhow::Result<Report> {
        let mut found = BTreeMap::new();
        for check in checks::all() {
            found.insert(check.name, self.violators(check, |_| true).await?);
        }
        for _ in 0..self.rereads {
            if found.values().all(Vec::is_empty) {
                break;
            }
            tokio::time::sleep(self.pause).await;
            for check in checks::all() {
                self.reread(check, found.entry(check.name).or_default())
                    .await?;
            }
        }
        Ok(Report::new(found))
    }

    /// Keeps those that are still there, with what is wrong now.
    async fn reread(&self, check: &Check, before: &mut Vec<Violator>) -> anyhow::Result<()> {
        if before.is_empty() {
            return Ok(());
        }
        let known: HashSet<String> = before.drain(..).map(|violator| violator.who).collect();
        *before = self
            .violators(check, |violator| known.contains(&violator.who))
            .await?;
        Ok(())
    }

    /// All violators that are `wanted`: were some left out, those that heal could hide others.
    async fn violators(
        &self,
        check: &Check,
        wanted: impl Fn(&Violator) -> bool,
    ) -> anyhow::Result<Vec<Violator>> {
        // A text made of a sum is binary to some servers.
        let sql = format!(
            "SELECT CONVERT(who USING utf8mb4) AS who, CONVERT(why USING utf8mb4) AS why
             FROM ({}) violators",
            self.schemas.fill(check.sql)
        );
        sqlx::query_as(AssertSqlSafe(sql))
            .fetch(&self.pool)
            .try_filter(|violator| ready(wanted(violator)))
            .try_collect()
            .await
            .with_context(|| format!("checking: {}", check.name))
    }
}
