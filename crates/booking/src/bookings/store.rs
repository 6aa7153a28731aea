//! All SQL of bookings. Every change of status is one conditional UPDATE; its count of rows says
//! who won. Parents are updated before children are inserted.

use chrono::{DateTime, Utc};
use contracts::holds::{FlightSummary, HeldItem};
use service_kit::db::is_duplicate_of;
use sqlx::{MySqlConnection, types::Json};

use super::{
    Reason, SeatState, Status, locator,
    request::{Itinerary, Passenger},
    view::BookingView,
};
use crate::payments::{PaymentStatus, RefundStatus};

/// A booking with its current payment and refund.
#[derive(Clone, Debug, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the columns are documented in the migration")]
pub struct BookingRow {
    pub id: i64,
    pub reference: String,
    pub flight_id: i64,
    pub user_id: i64,
    pub status: Status,
    pub no_of_seats: u32,
    pub total_cost: i64,
    pub currency: Option<String>,
    pub seat_state: SeatState,
    pub reason: Option<Reason>,
    pub hold_id: String,
    pub payment_id: Option<String>,
    pub contact_name: String,
    pub contact_email: String,
    pub held_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Whether `expiresAt` has passed, by the database's clock.
    pub is_past_expiry: bool,
    pub payment_status: Option<PaymentStatus>,
    pub refund_status: Option<RefundStatus>,
}

/// A flight of a booking.
#[derive(Clone, Debug, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the columns are documented in the migration")]
pub struct ItemRow {
    pub booking_id: i64,
    pub flight_id: i64,
    pub no_of_seats: u32,
    pub unit_price: Option<i64>,
    pub flight: Option<Json<FlightSummary>>,
}

macro_rules! select_bookings {
    ($rest:literal) => {
        concat!(
            "SELECT b.id, b.reference, b.flightId, b.userId, b.status, b.noOfSeats, b.totalCost,
                    b.currency, b.seatState, b.reason, b.holdId, b.paymentId, b.contactName,
                    b.contactEmail, b.heldAt, b.expiresAt, b.createdAt, b.updatedAt,
                    b.expiresAt <= NOW(6) AS isPastExpiry,
                    p.status AS paymentStatus, r.status AS refundStatus
             FROM Bookings b
             LEFT JOIN Payments p ON p.id = b.paymentId
             LEFT JOIN Refunds r ON r.paymentId = b.paymentId ",
            $rest
        )
    };
}

/// Who books.
#[derive(Clone, Copy, Debug)]
pub struct Buyer<'a> {
    /// Account id.
    pub id: i64,
    /// Name for the contact.
    pub name: &'a str,
    /// E-mail for the contact.
    pub email: &'a str,
}

/// Counts the user's unpaid holds up, unless there are `max` already (0: no limit, still counted).
/// Whether there was room.
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
    let counted =
        sqlx::query("UPDATE UnpaidHolds SET n = n + 1 WHERE userId = ? AND (? = 0 OR n < ?)")
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

/// Inserts a booking INITIATED / REQUESTED with its items, passengers and first event; its id.
pub async fn insert(
    tx: &mut MySqlConnection,
    buyer: Buyer<'_>,
    itinerary: &Itinerary,
    hold_id: &str,
    ttl_seconds: u32,
) -> sqlx::Result<i64> {
    let id = insert_with_free_locator(tx, buyer, itinerary, hold_id, ttl_seconds).await?;
    for (position, item) in (0u8..).zip(&itinerary.items) {
        sqlx::query(
            "INSERT INTO BookingItems (bookingId, position, flightId, noOfSeats) VALUES (?, ?, ?, ?)",
        )
        .bind(id)
        .bind(position)
        .bind(item.flight_id)
        .bind(item.no_of_seats)
        .execute(&mut *tx)
        .await?;
    }
    for (position, passenger) in (0u8..).zip(&itinerary.passengers) {
        sqlx::query(
            "INSERT INTO Passengers (bookingId, position, givenName, surname, type)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(position)
        .bind(&passenger.given_name)
        .bind(&passenger.surname)
        .bind(passenger.r#type)
        .execute(&mut *tx)
        .await?;
    }
    append_event(tx, id, None, Status::Initiated, "CREATED").await?;
    Ok(id)
}

async fn insert_with_free_locator(
    tx: &mut MySqlConnection,
    buyer: Buyer<'_>,
    itinerary: &Itinerary,
    hold_id: &str,
    ttl_seconds: u32,
) -> sqlx::Result<i64> {
    let first = itinerary.items[0];
    loop {
        let inserted = sqlx::query(
            "INSERT INTO Bookings (reference, flightId, userId, noOfSeats, holdId, contactName,
                                   contactEmail, expiresAt)
             VALUES (?, ?, ?, ?, ?, ?, ?, NOW(6) + INTERVAL ? SECOND)",
        )
        .bind(locator::random())
        .bind(first.flight_id)
        .bind(buyer.id)
        .bind(first.no_of_seats)
        .bind(hold_id)
        .bind(buyer.name)
        .bind(buyer.email)
        .bind(ttl_seconds)
        .execute(&mut *tx)
        .await;
        match inserted {
            Ok(done) => return Ok(done.last_insert_id().cast_signed()),
            Err(error) if is_duplicate_of(&error, "reference") => {}
            Err(error) => return Err(error),
        }
    }
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

/// The booking, if there is one.
pub async fn find(connection: &mut MySqlConnection, id: i64) -> sqlx::Result<Option<BookingRow>> {
    sqlx::query_as(select_bookings!("WHERE b.id = ?"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// The flights of a booking in the order of the request.
pub async fn items(connection: &mut MySqlConnection, booking: i64) -> sqlx::Result<Vec<ItemRow>> {
    sqlx::query_as(
        "SELECT bookingId, flightId, noOfSeats, unitPrice, flight FROM BookingItems
         WHERE bookingId = ? ORDER BY position",
    )
    .bind(booking)
    .fetch_all(connection)
    .await
}

/// The passengers of a booking in the order of the request.
pub async fn passengers(
    connection: &mut MySqlConnection,
    booking: i64,
) -> sqlx::Result<Vec<Passenger>> {
    sqlx::query_as(
        "SELECT givenName, surname, type FROM Passengers WHERE bookingId = ? ORDER BY position",
    )
    .bind(booking)
    .fetch_all(connection)
    .await
}

/// The booking as clients see it.
pub async fn view(connection: &mut MySqlConnection, row: BookingRow) -> sqlx::Result<BookingView> {
    let items = items(connection, row.id).await?;
    let passengers = passengers(connection, row.id).await?;
    Ok(BookingView::new(row, items, passengers))
}

/// A page of a user's bookings that had seats at some time, newest first, below `before`.
pub async fn page_of_user(
    connection: &mut MySqlConnection,
    user: i64,
    status: Option<Status>,
    before: i64,
    limit: u32,
) -> sqlx::Result<Vec<BookingRow>> {
    sqlx::query_as(select_bookings!(
        "WHERE b.userId = ? AND b.id < ? AND b.heldAt IS NOT NULL
           AND (? IS NULL OR b.status = ?) ORDER BY b.id DESC LIMIT ?"
    ))
    .bind(user)
    .bind(before)
    .bind(status)
    .bind(status)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// A step of a booking's timeline.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
#[sqlx(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct EventRow {
    /// `None` at the beginning.
    pub from: Option<Status>,
    /// The status after it.
    pub to: Status,
    /// What caused it.
    pub cause: String,
    /// When, UTC.
    pub at: DateTime<Utc>,
}

/// The timeline of a booking, oldest first.
pub async fn events(connection: &mut MySqlConnection, booking: i64) -> sqlx::Result<Vec<EventRow>> {
    sqlx::query_as(
        "SELECT fromStatus AS `from`, toStatus AS `to`, cause, at FROM BookingEvents
         WHERE bookingId = ? ORDER BY id",
    )
    .bind(booking)
    .fetch_all(connection)
    .await
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
        "SELECT id FROM Bookings WHERE status = 'INITIATED' AND expiresAt <= NOW(6)
         ORDER BY expiresAt LIMIT 200",
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
