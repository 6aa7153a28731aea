//! Waiting until nothing is under way.

use std::time::{Duration, Instant};

use sqlx::AssertSqlSafe;

use super::Audit;

const UNDER_WAY: &str = "
    SELECT (SELECT COUNT(*) FROM {booking}.Outbox WHERE doneAt IS NULL)
         + (SELECT COUNT(*) FROM {booking}.Bookings
            WHERE status = 'PENDING' OR seatState = 'RELEASING'
               OR (status = 'INITIATED' AND (seatState = 'REQUESTED' OR expiresAt <= NOW(6))))
         + (SELECT COUNT(*) FROM {booking}.Payments WHERE status = 'PROCESSING')
         + (SELECT COUNT(*) FROM {booking}.Refunds WHERE status = 'PENDING')";

const WHAT: &str = "
    SELECT CONCAT('outbox ', id, ' ', topic, ', ', attempts, ' attempts, made ', createdAt,
                  ', acted ', COALESCE(actedAt, 'never'), ', due ', availableAt,
                  ', now ', NOW(6)) AS what
    FROM {booking}.Outbox WHERE doneAt IS NULL
    UNION ALL
    SELECT CONCAT('booking ', id, ' ', status, ' ', seatState, ' since ', updatedAt)
    FROM {booking}.Bookings WHERE status = 'PENDING' OR seatState IN ('RELEASING', 'REQUESTED')
    UNION ALL
    SELECT CONCAT('refund of ', paymentId) FROM {booking}.Refunds WHERE status = 'PENDING'
    LIMIT 20";

impl Audit {
    /// What is under way, at most twenty things.
    pub async fn under_way(&self) -> anyhow::Result<Vec<String>> {
        let sql = AssertSqlSafe(self.schemas.fill(WHAT));
        Ok(sqlx::query_scalar(sql).fetch_all(&self.pool).await?)
    }

    /// Waits for the outbox, payments, refunds and releases to drain, at most so long; how many
    /// are left.
    pub async fn quiesce(&self, limit: Duration) -> anyhow::Result<i64> {
        let deadline = Instant::now() + limit;
        let sql = self.schemas.fill(UNDER_WAY);
        loop {
            let left: i64 = sqlx::query_scalar(AssertSqlSafe(sql.clone()))
                .fetch_one(&self.pool)
                .await?;
            if left == 0 || Instant::now() > deadline {
                return Ok(left);
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}
