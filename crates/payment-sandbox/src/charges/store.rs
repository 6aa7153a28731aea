//! All SQL of the ledger.

use std::time::Duration;

use service_kit::db;
use sqlx::MySqlPool;

use super::{Decision, LedgerRow, PaymentId, State, charge::NewCharge};

/// Claims the id for this charge; `false` when a charge or a void has it. Without a delay it is
/// decided at once.
pub async fn insert(
    pool: &MySqlPool,
    request: &NewCharge,
    decision: Decision,
    delay: Duration,
) -> sqlx::Result<bool> {
    let (state, reason) = match delay.is_zero() {
        true => (decision.state, decision.reason),
        false => (State::Processing, None),
    };
    let inserted = sqlx::query(
        "INSERT INTO Charges (id, amount, currency, state, declineReason,
                              intendedState, intendedReason, decidesAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, NOW(6) + INTERVAL ? MICROSECOND)",
    )
    .bind(request.id.as_str())
    .bind(request.amount)
    .bind(&request.currency)
    .bind(state)
    .bind(reason)
    .bind(decision.state)
    .bind(decision.reason)
    .bind(i64::try_from(delay.as_micros()).unwrap_or(i64::MAX))
    .execute(pool)
    .await;
    claimed(inserted)
}

/// Claims the id for a void; `false` when a charge or a void has it.
pub async fn insert_tombstone(pool: &MySqlPool, id: &PaymentId) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO Charges (id, amount, currency, state, declineReason,
                              intendedState, intendedReason, decidesAt)
         VALUES (?, 0, '', 'DECLINED', 'voided', 'DECLINED', 'voided', NOW(6))",
    )
    .bind(id.as_str())
    .execute(pool)
    .await;
    claimed(inserted)
}

fn claimed(inserted: sqlx::Result<sqlx::mysql::MySqlQueryResult>) -> sqlx::Result<bool> {
    match inserted {
        Ok(_) => Ok(true),
        Err(error) if db::is_duplicate(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Decides this charge, if it runs and its time has come.
pub async fn settle(pool: &MySqlPool, id: &PaymentId) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE Charges SET state = intendedState, declineReason = intendedReason
         WHERE id = ? AND state = 'PROCESSING' AND decidesAt <= NOW(6)",
    )
    .bind(id.as_str())
    .execute(pool)
    .await?;
    Ok(())
}

/// Decides every running charge whose time has come.
pub async fn settle_due(pool: &MySqlPool) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE Charges SET state = intendedState, declineReason = intendedReason
         WHERE state = 'PROCESSING' AND decidesAt <= NOW(6)",
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The charge with this id.
pub async fn find(pool: &MySqlPool, id: &PaymentId) -> sqlx::Result<Option<LedgerRow>> {
    sqlx::query_as(
        "SELECT c.id, c.state, c.amount, c.currency, c.declineReason,
                r.chargeId IS NOT NULL AS refunded
         FROM Charges c LEFT JOIN Refunds r ON r.chargeId = c.id WHERE c.id = ?",
    )
    .bind(id.as_str())
    .fetch_optional(pool)
    .await
}

/// Gives the money back, if it was taken; also `true` when it was given back already.
pub async fn insert_refund(pool: &MySqlPool, id: &PaymentId) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO Refunds (chargeId, amount)
         SELECT id, amount FROM Charges WHERE id = ? AND state = 'CAPTURED'",
    )
    .bind(id.as_str())
    .execute(pool)
    .await;
    match inserted {
        Ok(result) => Ok(result.rows_affected() == 1),
        Err(error) if db::is_duplicate(&error) => Ok(true),
        Err(error) => Err(error),
    }
}
