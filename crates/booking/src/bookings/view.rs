//! A booking as clients see it.

use chrono::{DateTime, Utc};
use contracts::holds::FlightSummary;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Reason, Status,
    request::Passenger,
    store::{BookingRow, ItemRow},
};
use crate::payments::{PaymentStatus, RefundStatus};

/// A booking; times RFC 3339, money integer minor units.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Booking")]
pub struct BookingView {
    /// Id.
    id: i64,
    /// The record locator that people write: 6 characters without 0, O, 1 and I.
    #[schemars(example = &"GLLKZP")]
    reference: String,
    /// That of the first item.
    flight_id: i64,
    /// That of the first item.
    no_of_seats: u32,
    /// What is booked.
    items: Vec<ItemView>,
    /// Who flies, as far as it was said.
    passengers: Vec<Passenger>,
    /// Who booked.
    user_id: i64,
    /// Where it stands.
    status: Status,
    /// Why it is CANCELLED.
    reason: Option<Reason>,
    /// Minor units, at the prices when the seats were held.
    total_cost: i64,
    /// ISO 4217; null while the seats are being asked for.
    currency: Option<String>,
    /// Who gets the mails.
    contact: Contact,
    /// When unpaid seats go back, UTC.
    expires_at: DateTime<Utc>,
    /// The last attempt to pay, once there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentView>,
    /// If money goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundView>,
    /// When it was created, UTC.
    created_at: DateTime<Utc>,
    /// When it was last changed, UTC.
    updated_at: DateTime<Utc>,
}

/// Seats on one flight of a booking.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BookingItem")]
struct ItemView {
    /// The flight.
    flight_id: i64,
    /// Seats.
    no_of_seats: u32,
    /// Minor units per seat; null while the seats are being asked for.
    unit_price: Option<i64>,
    /// The flight as it was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    flight: Option<FlightSummary>,
}

/// Who gets the mails of a booking.
#[derive(Debug, JsonSchema, Serialize)]
struct Contact {
    /// Name.
    name: String,
    /// E-mail address.
    email: String,
}

/// An attempt to pay.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Payment")]
struct PaymentView {
    /// ULID.
    id: String,
    /// What became of it.
    status: PaymentStatus,
}

/// Money that goes back.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Refund")]
struct RefundView {
    /// What became of it.
    status: RefundStatus,
}

impl BookingView {
    /// Shapes what the store read.
    pub fn new(row: BookingRow, items: Vec<ItemRow>, passengers: Vec<Passenger>) -> Self {
        let payment = row.payment_id.zip(row.payment_status);
        Self {
            id: row.id,
            reference: row.reference,
            flight_id: row.flight_id,
            no_of_seats: row.no_of_seats,
            items: items.into_iter().map(ItemView::from).collect(),
            passengers,
            user_id: row.user_id,
            status: row.status,
            reason: row.reason,
            total_cost: row.total_cost,
            currency: row.currency,
            contact: Contact {
                name: row.contact_name,
                email: row.contact_email,
            },
            expires_at: row.expires_at,
            payment: payment.map(|(id, status)| PaymentView { id, status }),
            refund: row.refund_status.map(|status| RefundView { status }),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<ItemRow> for ItemView {
    fn from(item: ItemRow) -> Self {
        Self {
            flight_id: item.flight_id,
            no_of_seats: item.no_of_seats,
            unit_price: item.unit_price,
            flight: item.flight.map(|flight| flight.0),
        }
    }
}
