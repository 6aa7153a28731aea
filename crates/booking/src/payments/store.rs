//! All SQL of payments and refunds, and of the booking's transitions that a payment causes.

use sqlx::{MySqlConnection, MySqlPool};

use super::PaymentStatus;

/// A payment attempt.
#[derive(Clone, Debug, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the columns are documented in the migration")]
pub struct PaymentRow {
    pub id: String,
    pub booking_id: i64,
    pub status: PaymentStatus,
}

/// INITIATED -> PENDING: only with seats held, time left and the right amount. Whether it did.
pub async fn start(
    tx: &mut MySqlConnection,
    booking: i64,
    payment: &str,
    amount: i64,
) -> sqlx::Result<bool> {
    let sql = "UPDATE Bookings SET status = 'PENDING', paymentId = ?
               WHERE id = ? AND status = 'INITIATED' AND seatState = 'HELD'
                 AND expiresAt > NOW(6) AND totalCost = ?";
    let started = sqlx::query(sql)
        .bind(payment)
        .bind(booking)
        .bind(amount)
        .execute(tx)
        .await?;
    Ok(started.rows_affected() == 1)
}

/// Inserts the attempt, PROCESSING. The reconciler asks for it when the provider must have
/// answered: after its time-out of 6 s and 5 s more.
pub async fn insert(
    tx: &mut MySqlConnection,
    payment: &str,
    booking: i64,
    user: i64,
    amount: i64,
    currency: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO Payments (id, bookingId, userId, amount, currency, nextCheckAt)
         VALUES (?, ?, ?, ?, ?, NOW(6) + INTERVAL 11 SECOND)",
    )
    .bind(payment)
    .bind(booking)
    .bind(user)
    .bind(amount)
    .bind(currency)
    .execute(tx)
    .await?;
    Ok(())
}

/// The payment, if there is one.
pub async fn find(connection: &mut MySqlConnection, id: &str) -> sqlx::Result<Option<PaymentRow>> {
    let sql = "SELECT id, bookingId, status FROM Payments WHERE id = ?";
    sqlx::query_as(sql)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// PENDING -> BOOKED by this payment.
pub async fn book(tx: &mut MySqlConnection, booking: i64, payment: &str) -> sqlx::Result<bool> {
    let sql = "UPDATE Bookings SET status = 'BOOKED'
               WHERE id = ? AND status = 'PENDING' AND paymentId = ?";
    let booked = sqlx::query(sql)
        .bind(booking)
        .bind(payment)
        .execute(tx)
        .await?;
    Ok(booked.rows_affected() == 1)
}

/// PENDING -> INITIATED: this payment was declined and time is left.
pub async fn reopen(tx: &mut MySqlConnection, booking: i64, payment: &str) -> sqlx::Result<bool> {
    let sql = "UPDATE Bookings SET status = 'INITIATED'
               WHERE id = ? AND status = 'PENDING' AND paymentId = ? AND expiresAt > NOW(6)";
    let reopened = sqlx::query(sql)
        .bind(booking)
        .bind(payment)
        .execute(tx)
        .await?;
    Ok(reopened.rows_affected() == 1)
}

/// PENDING -> CANCELLED: this payment was declined and, as [`reopen`] found, no time is left. It
/// does not look at the clock again: one that was set back would leave the booking PENDING.
pub async fn fail(tx: &mut MySqlConnection, booking: i64, payment: &str) -> sqlx::Result<bool> {
    let sql = "UPDATE Bookings SET status = 'CANCELLED', reason = 'PAYMENT_FAILED',
                      seatState = 'RELEASING'
               WHERE id = ? AND status = 'PENDING' AND paymentId = ?";
    let failed = sqlx::query(sql)
        .bind(booking)
        .bind(payment)
        .execute(tx)
        .await?;
    Ok(failed.rows_affected() == 1)
}

/// PROCESSING or DECLINED -> CAPTURED; `false` if it was captured already.
pub async fn mark_captured(tx: &mut MySqlConnection, id: &str) -> sqlx::Result<bool> {
    let sql = "UPDATE Payments SET status = 'CAPTURED', nextCheckAt = NULL, leaseToken = NULL
               WHERE id = ? AND status <> 'CAPTURED'";
    Ok(sqlx::query(sql).bind(id).execute(tx).await?.rows_affected() == 1)
}

/// PROCESSING -> DECLINED; `false` if an outcome was stored already.
pub async fn mark_declined(tx: &mut MySqlConnection, id: &str, reason: &str) -> sqlx::Result<bool> {
    let sql = "UPDATE Payments SET status = 'DECLINED', declineReason = ?, nextCheckAt = NULL,
                      leaseToken = NULL
               WHERE id = ? AND status = 'PROCESSING'";
    Ok(sqlx::query(sql)
        .bind(reason)
        .bind(id)
        .execute(tx)
        .await?
        .rows_affected()
        == 1)
}

/// Has the whole of a captured payment given back; a second time changes nothing.
pub async fn insert_refund(tx: &mut MySqlConnection, payment: &str) -> sqlx::Result<()> {
    let inserted = sqlx::query(
        "INSERT INTO Refunds (paymentId, amount, currency)
         SELECT id, amount, currency FROM Payments WHERE id = ? AND status = 'CAPTURED'",
    )
    .bind(payment)
    .execute(tx)
    .await;
    match inserted {
        Err(error) if !service_kit::db::is_duplicate(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Leases payments whose outcome is due to be asked for: at most 50, for 15 s.
pub async fn lease_due(pool: &MySqlPool, lease: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query(
        "UPDATE Payments SET nextCheckAt = NOW(6) + INTERVAL 15 SECOND, leaseToken = ?
         WHERE status = 'PROCESSING' AND nextCheckAt <= NOW(6) ORDER BY nextCheckAt LIMIT 50",
    )
    .bind(lease)
    .execute(pool)
    .await?;
    let sql = "SELECT id FROM Payments WHERE leaseToken = ? AND status = 'PROCESSING'";
    sqlx::query_scalar(sql).bind(lease).fetch_all(pool).await
}

/// The provider is still at it, or away: ask again in 2 s.
pub async fn check_again(pool: &MySqlPool, id: &str, lease: &str) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE Payments SET nextCheckAt = NOW(6) + INTERVAL 2 SECOND
         WHERE id = ? AND leaseToken = ? AND status = 'PROCESSING'",
    )
    .bind(id)
    .bind(lease)
    .execute(pool)
    .await?;
    Ok(())
}

/// Leases refunds that are due: at most 50, for 15 s. Their payments' ids.
pub async fn lease_refunds(pool: &MySqlPool, lease: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query(
        "UPDATE Refunds SET nextCheckAt = NOW(6) + INTERVAL 15 SECOND, leaseToken = ?
         WHERE status = 'PENDING' AND nextCheckAt <= NOW(6) ORDER BY nextCheckAt LIMIT 50",
    )
    .bind(lease)
    .execute(pool)
    .await?;
    let sql = "SELECT paymentId FROM Refunds WHERE leaseToken = ? AND status = 'PENDING'";
    sqlx::query_scalar(sql).bind(lease).fetch_all(pool).await
}

/// PENDING -> SUCCEEDED or FAILED; `false` if it had ended.
pub async fn end_refund(
    pool: &MySqlPool,
    payment: &str,
    status: super::RefundStatus,
) -> sqlx::Result<bool> {
    let ended = sqlx::query(
        "UPDATE Refunds SET status = ?, nextCheckAt = NULL, leaseToken = NULL
         WHERE paymentId = ? AND status = 'PENDING'",
    )
    .bind(status)
    .bind(payment)
    .execute(pool)
    .await?;
    Ok(ended.rows_affected() == 1)
}
