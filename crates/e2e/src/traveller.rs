//! Somebody who signs up, books and pays, by HTTP through the gateway.

use anyhow::ensure;
use serde_json::{Value, json};
use ulid::Ulid;

use crate::api::{Answer, Api};

const BOOKING: &str = "/bookingService/api/v1/booking";
/// Where bookings are paid.
pub const PAYMENTS: &str = "/bookingService/api/v1/booking/payments";
/// What everybody signs up with here.
pub const PASSWORD: &str = "correct horse battery";

/// A signed-in customer.
#[derive(Clone)]
pub struct Traveller {
    /// The gateway, with the customer's token.
    pub api: Api,
    /// Where the mails go.
    pub email: String,
}

impl Traveller {
    /// Signs up under a new address and in.
    pub async fn arrive(gateway: &Api) -> anyhow::Result<Self> {
        let email = format!("{}@example.test", Ulid::new().to_string().to_lowercase());
        let api = gateway.signed_up(&email, PASSWORD).await?;
        Ok(Self { api, email })
    }

    /// Asks for seats of a flight.
    pub async fn book(&self, flight: i64, seats: u32) -> anyhow::Result<Answer> {
        let body = json!({"flightId": flight, "noOfSeats": seats});
        self.api.post(BOOKING, &body).await
    }

    /// The same with an idempotency key.
    pub async fn book_with_key(
        &self,
        flight: i64,
        seats: u32,
        key: &str,
    ) -> anyhow::Result<Answer> {
        let body = json!({"flightId": flight, "noOfSeats": seats});
        self.api.post_with_key(BOOKING, key, &body).await
    }

    /// Seats that must be there; the booking.
    pub async fn must_book(&self, flight: i64, seats: u32) -> anyhow::Result<Value> {
        let answer = self.book(flight, seats).await?;
        ensure!(
            answer.status == 201,
            "booking: {} {}",
            answer.status,
            answer.text
        );
        Ok(answer.data().clone())
    }

    /// Pays a booking in full.
    pub async fn pay(&self, booking: &Value, key: &str) -> anyhow::Result<Answer> {
        self.pay_by(booking, key, "tok_success").await
    }

    /// Pays with what stands for a card.
    pub async fn pay_by(&self, booking: &Value, key: &str, card: &str) -> anyhow::Result<Answer> {
        let body = json!({
            "bookingId": booking["id"],
            "totalCost": booking["totalCost"],
            "paymentToken": card,
        });
        self.api.post_with_key(PAYMENTS, key, &body).await
    }

    /// A booking as it is now.
    pub async fn look(&self, id: i64) -> anyhow::Result<Answer> {
        self.api.get(&format!("{BOOKING}/{id}")).await
    }

    /// Its timeline.
    pub async fn events(&self, id: i64) -> anyhow::Result<Answer> {
        self.api.get(&format!("{BOOKING}/{id}/events")).await
    }

    /// Gives it back.
    pub async fn cancel(&self, id: i64) -> anyhow::Result<Answer> {
        self.api
            .post(&format!("{BOOKING}/{id}/cancel"), &json!({}))
            .await
    }
}

/// The id of what an answer or a list item shows.
pub fn id_of(value: &Value) -> i64 {
    value["id"].as_i64().unwrap_or_default()
}
