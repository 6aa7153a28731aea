//! How old the oldest of what should end soon is: payments, refunds, holds on their way back.

use metrics::gauge;
use service_kit::telemetry;
use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

/// Each is answered by an index.
const OLDEST: [(&str, &str); 3] = [
    (
        "processing_payment",
        "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(createdAt), NOW(6))
         FROM Payments WHERE status = 'PROCESSING'",
    ),
    (
        "pending_refund",
        "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(createdAt), NOW(6))
         FROM Refunds WHERE status = 'PENDING'",
    ),
    (
        "releasing_hold",
        "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(updatedAt), NOW(6))
         FROM Bookings WHERE status = 'CANCELLED' AND seatState = 'RELEASING'",
    ),
];

/// Shows them until `stop`.
pub async fn run(pool: MySqlPool, stop: CancellationToken) {
    telemetry::watch("bookings", stop, async || look(&pool).await).await;
}

async fn look(pool: &MySqlPool) -> sqlx::Result<()> {
    for (what, statement) in OLDEST {
        let (age,): (Option<i64>,) = sqlx::query_as(statement).fetch_one(pool).await?;
        gauge!("booking_oldest_seconds", "what" => what).set(telemetry::seconds(age));
    }
    Ok(())
}
