//! All SQL of erasure. Each statement finds its rows by the user's bookings, and changes none that
//! is blank already.

use service_kit::str_enum;
use sqlx::MySqlConnection;

str_enum! {
    /// Why a person cannot be erased now.
    pub enum Blocker {
        /// A booking waits for its seats or for payment.
        BookingUnpaid = "booking_unpaid",
        /// A payment runs.
        BookingBeingPaid = "booking_being_paid",
        /// A flight that is paid for has not departed.
        BookingAhead = "booking_ahead",
        /// Money is on its way back.
        RefundPending = "refund_pending",
        /// An e-mail is on its way to the person.
        MailPending = "mail_pending",
    }
}

/// Takes the lock on the user's row, which is made if it is not there.
pub async fn lock(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO UnpaidHolds (userId, n) VALUES (?, 0) ON DUPLICATE KEY UPDATE n = n")
        .bind(user)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the user was erased.
pub async fn is_erased(connection: &mut MySqlConnection, user: i64) -> sqlx::Result<bool> {
    let erased: Option<bool> =
        sqlx::query_scalar("SELECT erasedAt IS NOT NULL FROM UnpaidHolds WHERE userId = ?")
            .bind(user)
            .fetch_optional(connection)
            .await?;
    Ok(erased.unwrap_or(false))
}

/// All that stands in the way.
pub async fn blockers(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<Vec<Blocker>> {
    sqlx::query_scalar(
        "SELECT 'booking_unpaid' FROM Bookings WHERE userId = ? AND status = 'INITIATED'
         UNION
         SELECT 'booking_being_paid' FROM Bookings WHERE userId = ? AND status = 'PENDING'
         UNION
         SELECT 'booking_ahead' FROM Bookings
         WHERE userId = ? AND status = 'BOOKED' AND firstDepartureAt > NOW(6)
         UNION
         SELECT 'refund_pending' FROM Bookings b
         STRAIGHT_JOIN Payments p ON p.bookingId = b.id
         STRAIGHT_JOIN Refunds r ON r.paymentId = p.id
         WHERE b.userId = ? AND r.status = 'PENDING'
         UNION
         SELECT 'mail_pending' FROM Bookings b STRAIGHT_JOIN Outbox o ON o.bookingId = b.id
         WHERE b.userId = ? AND o.topic = 'email' AND o.doneAt IS NULL",
    )
    .bind(user)
    .bind(user)
    .bind(user)
    .bind(user)
    .bind(user)
    .fetch_all(tx)
    .await
}

/// From here on the user books nothing; `false` with an unpaid booking.
pub async fn mark_erased(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<bool> {
    let sql = "UPDATE UnpaidHolds SET erasedAt = NOW(6)
               WHERE userId = ? AND n = 0 AND erasedAt IS NULL";
    let marked = sqlx::query(sql).bind(user).execute(tx).await?;
    Ok(marked.rows_affected() == 1)
}

/// Blanks the contacts.
pub async fn blank_bookings(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE Bookings SET contactName = '', contactEmail = ''
         WHERE userId = ? AND (contactName <> '' OR contactEmail <> '')",
    )
    .bind(user)
    .execute(tx)
    .await?;
    Ok(())
}

/// Blanks the names of those who fly.
pub async fn blank_passengers(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE Bookings b STRAIGHT_JOIN Passengers p ON p.bookingId = b.id
         SET p.givenName = '', p.surname = ''
         WHERE b.userId = ? AND (p.givenName <> '' OR p.surname <> '')",
    )
    .bind(user)
    .execute(tx)
    .await?;
    Ok(())
}

/// Blanks the e-mails that are done; booking and template stay.
pub async fn blank_emails(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE Bookings b STRAIGHT_JOIN Outbox o ON o.bookingId = b.id
         SET o.payload = JSON_SET(o.payload, '$.to', '', '$.subject', '', '$.params', JSON_OBJECT())
         WHERE b.userId = ? AND o.topic = 'email' AND o.doneAt IS NOT NULL
           AND JSON_VALUE(o.payload, '$.to') <> ''",
    )
    .bind(user)
    .execute(tx)
    .await?;
    Ok(())
}

/// Blanks the stored answers that show a booking: of the user's own keys, and of an administrator's
/// who paid for them. A repeat still gets the booking, less the people.
pub async fn blank_answers(tx: &mut MySqlConnection, user: i64) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE Bookings b STRAIGHT_JOIN IdempotencyKeys k ON k.bookingId = b.id
         SET k.body = JSON_SET(k.body, '$.data.contact.name', '', '$.data.contact.email', '',
                               '$.data.passengers', JSON_ARRAY())
         WHERE b.userId = ? AND k.status < 300
           AND (JSON_VALUE(k.body, '$.data.contact.email') <> ''
                OR JSON_LENGTH(k.body, '$.data.passengers') > 0)",
    )
    .bind(user)
    .execute(tx)
    .await?;
    Ok(())
}
