//! Waiting until nothing is under way.

use std::time::{Duration, Instant};

use sqlx::AssertSqlSafe;

use super::Audit;

/// Everything under way: its kind, and which it is.
const UNDER_WAY: &str = "
    SELECT CONCAT('outbox ', topic) AS kind,
           CONCAT('outbox ', id, ' ', topic, ', ', attempts, ' attempts, made ', createdAt,
                  ', acted ', COALESCE(actedAt, 'never'), ', due ', availableAt,
                  ', now ', NOW(6)) AS what
    FROM (SELECT id, topic, attempts, createdAt, actedAt, availableAt
          FROM {booking}.Outbox WHERE doneAt IS NULL
          UNION ALL
          SELECT id, topic, attempts, createdAt, actedAt, availableAt
          FROM {gateway}.Outbox WHERE doneAt IS NULL) undone
    UNION ALL
    SELECT CONCAT('booking ', status, ' ', seatState),
           CONCAT('booking ', id, ' ', status, ' ', seatState, ' since ', updatedAt)
    FROM {booking}.Bookings
    WHERE status = 'PENDING' OR seatState = 'RELEASING'
       OR (status = 'INITIATED' AND (seatState = 'REQUESTED' OR expiresAt <= NOW(6)))
    UNION ALL
    SELECT 'payment PROCESSING', CONCAT('payment ', id, ' PROCESSING since ', createdAt)
    FROM {booking}.Payments WHERE status = 'PROCESSING'
    UNION ALL
    SELECT 'refund PENDING', CONCAT('refund of ', paymentId, ' PENDING since ', createdAt)
    FROM {booking}.Refunds WHERE status = 'PENDING'";

/// So many things of a kind are under way.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Left {
    /// `payment PROCESSING`.
    pub kind: String,
    /// How many.
    pub count: i64,
}

impl Audit {
    /// What is under way, at most twenty things.
    pub async fn under_way(&self) -> anyhow::Result<Vec<String>> {
        let sql = self.of_under_way("CONVERT(what USING utf8mb4)", "LIMIT 20");
        Ok(sqlx::query_scalar(sql).fetch_all(&self.pool).await?)
    }

    /// How much of each kind is under way.
    pub async fn left(&self) -> anyhow::Result<Vec<Left>> {
        let columns = "CONVERT(kind USING utf8mb4) AS kind, COUNT(*) AS count";
        let sql = self.of_under_way(columns, "GROUP BY kind ORDER BY kind");
        Ok(sqlx::query_as(sql).fetch_all(&self.pool).await?)
    }

    /// Waits for the outbox, payments, refunds and releases to drain, at most so long; how many
    /// are left.
    pub async fn quiesce(&self, limit: Duration) -> anyhow::Result<i64> {
        let deadline = Instant::now() + limit;
        loop {
            let sql = self.of_under_way("COUNT(*)", "");
            let left: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
            if left == 0 || Instant::now() > deadline {
                return Ok(left);
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    fn of_under_way(&self, columns: &str, rest: &str) -> AssertSqlSafe<String> {
        let sql = format!("SELECT {columns} FROM ({UNDER_WAY}) under_way {rest}");
        AssertSqlSafe(self.schemas.fill(&sql))
    }
}
