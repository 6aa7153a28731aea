//! Between two measurements: what one left to be done must not run during the next.

use std::time::{Duration, Instant};

use anyhow::ensure;
use sqlx::{AssertSqlSafe, Connection};

use audit::Audit;

use crate::stack::Database;

/// It may take so long.
const LIMIT: Duration = Duration::from_secs(180);

/// The audit of a stack's books.
pub fn auditor(database: &Database) -> anyhow::Result<Audit> {
    Audit::new(&database.audit_url(), database.schemas.clone())
}

/// Waits until seats are sold, refunds made and mails sent.
pub async fn settle(database: &Database) -> anyhow::Result<()> {
    let left = auditor(database)?.quiesce(LIMIT).await?;
    ensure!(left == 0, "{left} things are under way after {LIMIT:?}");
    let mut root = database.root().await?;
    let unsent = database.schemas.fill(
        "SELECT COUNT(*) FROM {notification}.Deliveries WHERE state IN ('QUEUED', 'SENDING')",
    );
    let deadline = Instant::now() + LIMIT;
    loop {
        let unsent: i64 = sqlx::query_scalar(AssertSqlSafe(unsent.clone()))
            .fetch_one(&mut root)
            .await?;
        if unsent == 0 {
            return Ok(root.close().await?);
        }
        ensure!(Instant::now() < deadline, "{unsent} mails are not sent");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}
