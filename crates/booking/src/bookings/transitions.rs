//! The SQL of a booking's transitions. Each change of status is one conditional UPDATE; its count
//! of rows says who won. A payment's transitions are in `payments/store.rs`.

use contracts::holds::HeldItem;
use sqlx::{MySqlConnection, types::Json};

use super::{Reason, Status};

/// Counts the user's unpaid holds up, unless there are `max` already (0: no limit, still counted)
/// or the user was erased. Whether it did.
pub async fn count_up(tx: &mut MySqlConnection, user: i64, max: u32) -> sqlx::Result<bool> {
    if count_up_existing(tx, user, max).await? {
        return Ok(true);
    }
    sqlx::query("INSERT INTO UnpaidHolds (userId, n) VALUES (?, 0) ON DUPLICATE KEY UPDATE n = n")
        .bind(user)
        .execute(&mut *tx)
        .await?;
    count_up_existing(tx, user, max).await
}

async fn count_up_existing(tx: &mut MySqlConnection, user: i64, max: u32) -> sqlx::Result<bool> {
    let sql = "UPDATE UnpaidHolds SET n = n + 1
               WHERE userId = ? AND erasedAt IS NULL AND (? = 0 OR n < ?)";
    let counted = sqlx::query(sql)
        .bind(user)
        .bind(max)
        .bind(max)
        .execute(tx)
        .await?;
    Ok(counted.rows_affected() == 1)
}

/// Counts the user's unpaid holds down; the row is there, since it was counted up.
pub async fn count_down(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<bool> {
    let counted = sqlx::query("UPDATE UnpaidHolds SET n = n - 1 WHERE userId = ? AND n > 0")
        .bind(user)
        .execute(tx)
        .await?;
    Ok(counted.rows_affected() == 1)
}

/// Appends to the timeline.
pub async fn append_event(
    tx: &mut MySqlConnection,
    booking: i64,
    from: Option<Status>,
    to: Status,
    cause: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO BookingEvents (bookingId, fromStatus, toStatus, cause) VALUES (?, ?, ?, ?)",
    )
    .bind(booking)
    .bind(from)
    .bind(to)
    .bind(cause)
    .execute(tx)
    .await?;
    Ok(())
}

/// REQUESTED -> HELD with the prices that the hold pinned, if the booking still waits for its
/// seats and has time left. The booking never outlives the first departure. Whether it did.
pub async fn mark_held(
    tx: &mut MySqlConnection,
    booking: i64,
    items: &[HeldItem],
) -> sqlx::Result<bool> {
    let total: i64 = items
        .iter()
        .map(|item| item.unit_price * i64::from(item.seats))
        .sum();
    let currency = items.first().map(|item| item.currency.as_str());
    let first_departure = items.iter().map(|item| item.departure_time).min();
    let held = sqlx::query(
        "UPDATE Bookings SET seatState = 'HELD', heldAt = NOW(6), totalCost = ?, currency = ?,
                firstDepartureAt = ?, expiresAt = LEAST(expiresAt, ?)
         WHERE id = ? AND status = 'INITIATED' AND seatState = 'REQUESTED' AND expiresAt > NOW(6)",
    )
    .bind(total)
    .bind(currency)
    .bind(first_departure)
    .bind(first_departure)
    .bind(booking)
    .execute(&mut *tx)
    .await?;
    if held.rows_affected() == 0 {
        return Ok(false);
    }
    for item in items {
        sqlx::query(
            "UPDATE BookingItems SET unitPrice = ?, departureTime = ?, flight = ?
             WHERE bookingId = ? AND flightId = ?",
        )
        .bind(item.unit_price)
        .bind(item.departure_time)
        .bind(Json(&item.flight))
        .bind(booking)
        .bind(item.flight_id)
        .execute(&mut *tx)
        .await?;
    }
    Ok(true)
}

/// INITIATED -> CANCELLED of a booking whose seats were refused.
pub async fn end_refused(tx: &mut MySqlConnection, id: i64, reason: Reason) -> sqlx::Result<bool> {
    let sql = "UPDATE Bookings SET status = 'CANCELLED', reason = ?, seatState = 'RELEASING'
               WHERE id = ? AND status = 'INITIATED' AND seatState = 'REQUESTED'";
    let ended = sqlx::query(sql).bind(reason).bind(id).execute(tx).await?;
    Ok(ended.rows_affected() == 1)
}

/// INITIATED -> CANCELLED of a booking that nobody paid in time.
pub async fn end_expired(tx: &mut MySqlConnection, id: i64) -> sqlx::Result<bool> {
    let sql =
        "UPDATE Bookings SET status = 'CANCELLED', reason = 'EXPIRED', seatState = 'RELEASING'
               WHERE id = ? AND status = 'INITIATED' AND expiresAt <= NOW(6)";
    let ended = sqlx::query(sql).bind(id).execute(tx).await?;
    Ok(ended.rows_affected() == 1)
}

/// INITIATED -> CANCELLED of a booking that has asked for its seats for 30 s.
pub async fn end_abandoned(tx: &mut MySqlConnection, id: i64) -> sqlx::Result<bool> {
    let sql =
        "UPDATE Bookings SET status = 'CANCELLED', reason = 'ABANDONED', seatState = 'RELEASING'
               WHERE id = ? AND status = 'INITIATED' AND seatState = 'REQUESTED'
                 AND createdAt < NOW(6) - INTERVAL 30 SECOND";
    let ended = sqlx::query(sql).bind(id).execute(tx).await?;
    Ok(ended.rows_affected() == 1)
}

/// INITIATED -> CANCELLED by the customer.
pub async fn end_unpaid(tx: &mut MySqlConnection, id: i64) -> sqlx::Result<bool> {
    let sql =
        "UPDATE Bookings SET status = 'CANCELLED', reason = 'CUSTOMER', seatState = 'RELEASING'
               WHERE id = ? AND status = 'INITIATED'";
    let ended = sqlx::query(sql).bind(id).execute(tx).await?;
    Ok(ended.rows_affected() == 1)
}

/// BOOKED -> CANCELLED by the customer, until the first departure.
pub async fn end_booked(tx: &mut MySqlConnection, id: i64) -> sqlx::Result<bool> {
    let sql =
        "UPDATE Bookings SET status = 'CANCELLED', reason = 'CUSTOMER', seatState = 'RELEASING'
               WHERE id = ? AND status = 'BOOKED' AND firstDepartureAt > NOW(6)";
    let ended = sqlx::query(sql).bind(id).execute(tx).await?;
    Ok(ended.rows_affected() == 1)
}

/// Bookings that are due to expire or to be abandoned, 200 at most.
pub async fn due(connection: &mut MySqlConnection) -> sqlx::Result<(Vec<i64>, Vec<i64>)> {
    let expired = sqlx::query_scalar(
        "SELECT id FROM Bookings WHERE status = 'INITIATED' AND seatState IN ('REQUESTED', 'HELD')
           AND expiresAt <= NOW(6) LIMIT 200",
    )
    .fetch_all(&mut *connection)
    .await?;
    let abandoned = sqlx::query_scalar(
        "SELECT id FROM Bookings WHERE status = 'INITIATED' AND seatState = 'REQUESTED'
           AND createdAt < NOW(6) - INTERVAL 30 SECOND ORDER BY expiresAt LIMIT 200",
    )
    .fetch_all(connection)
    .await?;
    Ok((expired, abandoned))
}

/// HELD -> SOLD of a paid booking; no row is fine, the booking may have ended since.
pub async fn mark_sold(connection: &mut MySqlConnection, id: i64) -> sqlx::Result<()> {
    let sql = "UPDATE Bookings SET seatState = 'SOLD'
               WHERE id = ? AND status = 'BOOKED' AND seatState = 'HELD'";
    sqlx::query(sql).bind(id).execute(connection).await?;
    Ok(())
}

/// RELEASING -> RELEASED; no row is fine.
pub async fn mark_released(connection: &mut MySqlConnection, id: i64) -> sqlx::Result<()> {
    let sql = "UPDATE Bookings SET seatState = 'RELEASED' WHERE id = ? AND seatState = 'RELEASING'";
    sqlx::query(sql).bind(id).execute(connection).await?;
    Ok(())
}
