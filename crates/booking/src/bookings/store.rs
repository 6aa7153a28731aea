//! The SQL that inserts and reads bookings; what changes them is in `transitions.rs`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::holds::FlightSummary;
use schemars::JsonSchema;
use service_kit::db::is_duplicate_of;
use sqlx::{MySqlConnection, mysql::MySqlRow, types::Json};

use super::{
    Reason, SeatState, Status, locator, request::Itinerary, transitions, view::BookingView,
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
    transitions::append_event(tx, id, None, Status::Initiated, "CREATED").await?;
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

/// The booking, if there is one.
pub async fn find(connection: &mut MySqlConnection, id: i64) -> sqlx::Result<Option<BookingRow>> {
    sqlx::query_as(select_bookings!("WHERE b.id = ?"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// The flights of a booking in the order of the request.
pub async fn items(connection: &mut MySqlConnection, booking: i64) -> sqlx::Result<Vec<ItemRow>> {
    let mut items = parts(connection, ITEMS, &[booking]).await?;
    Ok(items.remove(&booking).unwrap_or_default())
}

/// The bookings as clients see them.
pub async fn views(
    connection: &mut MySqlConnection,
    rows: Vec<BookingRow>,
) -> sqlx::Result<Vec<BookingView>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut items = parts(connection, ITEMS, &ids).await?;
    let mut passengers = parts(connection, PASSENGERS, &ids).await?;
    let view = |row: BookingRow| {
        let items = items.remove(&row.id).unwrap_or_default();
        let passengers = passengers.remove(&row.id).unwrap_or_default();
        BookingView::new(row, items, passengers)
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The booking as clients see it.
pub async fn view(connection: &mut MySqlConnection, row: BookingRow) -> sqlx::Result<BookingView> {
    let mut views = views(connection, vec![row]).await?;
    Ok(views.pop().expect("invariant: one row, one view"))
}

const ITEMS: &str = "SELECT bookingId, flightId, noOfSeats, unitPrice, flight FROM BookingItems";
const PASSENGERS: &str = "SELECT bookingId, givenName, surname, type FROM Passengers";

/// Something that a booking has several of.
#[derive(sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
struct PartOf<T> {
    booking_id: i64,
    #[sqlx(flatten)]
    part: T,
}

/// What `select` reads of these bookings, each in the order of the request, by one statement.
async fn parts<T>(
    connection: &mut MySqlConnection,
    select: &str,
    bookings: &[i64],
) -> sqlx::Result<HashMap<i64, Vec<T>>>
where
    T: for<'r> sqlx::FromRow<'r, MySqlRow> + Send + Unpin,
{
    let mut found: HashMap<i64, Vec<T>> = HashMap::new();
    if bookings.is_empty() {
        return Ok(found);
    }
    let mut query = sqlx::QueryBuilder::new(select);
    query.push(" WHERE bookingId IN (");
    let mut ids = query.separated(", ");
    for booking in bookings {
        ids.push_bind(*booking);
    }
    query.push(") ORDER BY bookingId, position");
    let rows: Vec<PartOf<T>> = query.build_query_as().fetch_all(connection).await?;
    for row in rows {
        found.entry(row.booking_id).or_default().push(row.part);
    }
    Ok(found)
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
#[derive(Clone, Debug, JsonSchema, sqlx::FromRow, serde::Serialize)]
#[sqlx(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BookingEvent")]
pub struct EventRow {
    /// The status before it; null at the beginning.
    pub from: Option<Status>,
    /// The status after it.
    pub to: Status,
    /// `CREATED`, `PAYMENT`, `DECLINED`, `CAPTURED`, or the reason of a cancellation.
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
