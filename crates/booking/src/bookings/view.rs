//! A booking as clients see it.

use chrono::{DateTime, Utc};
use contracts::holds::FlightSummary;
use serde::Serialize;

use super::{
    Reason, Status,
    request::Passenger,
    store::{BookingRow, ItemRow},
};
use crate::payments::{PaymentStatus, RefundStatus};

/// A booking; times RFC 3339, money integer minor units.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingView {
    id: i64,
    reference: String,
    flight_id: i64,
    no_of_seats: u32,
    items: Vec<ItemView>,
    passengers: Vec<Passenger>,
    user_id: i64,
    status: Status,
    reason: Option<Reason>,
    total_cost: i64,
    currency: Option<String>,
    contact: Contact,
    expires_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemView {
    flight_id: i64,
    no_of_seats: u32,
    unit_price: Option<i64>,
    /// The flight as it was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    flight: Option<FlightSummary>,
}

#[derive(Debug, Serialize)]
struct Contact {
    name: String,
    email: String,
}

#[derive(Debug, Serialize)]
struct PaymentView {
    id: String,
    status: PaymentStatus,
}

#[derive(Debug, Serialize)]
struct RefundView {
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
