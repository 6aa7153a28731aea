//! Idempotency keys: a key belongs to one user and one operation, lives in the database that all
//! replicas share, and is claimed in the transaction of what it guards.

use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::json;
use service_kit::{
    db::is_duplicate,
    http::{openapi::Shape, problem::Problem},
    str_enum,
};
use sha2::{Digest, Sha256};
use sqlx::{MySqlConnection, MySqlPool};

use crate::{answer::Answer, error::Error};

str_enum! {
    /// What a key guards.
    pub enum Guarded {
        /// `POST /booking`.
        Booking = "booking",
        /// `POST /booking/payments`.
        Payment = "payment",
    }
}

/// A key as sent, with the fingerprint of the request that it came with.
#[derive(Clone, Debug)]
pub struct Key {
    user: i64,
    operation: Guarded,
    key: String,
    fingerprint: String,
}

/// What is known of a key that was claimed before.
#[derive(Clone, Debug, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct Claimed {
    fingerprint: String,
    /// The booking that it made.
    pub booking_id: Option<i64>,
    status: Option<u16>,
    body: Option<String>,
}

/// The key of a request: `x-idempotency-key`, as the original, or `Idempotency-Key`.
pub fn from_headers(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut found: Option<String> = None;
    for name in ["x-idempotency-key", "idempotency-key"] {
        for value in headers.get_all(name) {
            let key = value.to_str().unwrap_or("");
            let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
            if !printable || !(1..=255).contains(&key.len()) {
                let detail = format!("{name} must be 1-255 printable ASCII characters");
                return Err(Problem::malformed(detail));
            }
            if found.as_deref().is_some_and(|other| other != key) {
                return Err(Problem::malformed("Two idempotency keys that differ"));
            }
            found = Some(key.to_owned());
        }
    }
    Ok(found)
}

/// Says of a route that it takes a key.
pub fn describe(shape: &mut Shape<'_>, required: bool) {
    let key = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"});
    let description = "Makes it safe to repeat: the same request with it gets the first answer \
        again. Also as `Idempotency-Key`.";
    shape.header("x-idempotency-key", required, key, description);
}

impl Key {
    /// A key of `user` for `operation`, with the request it came with in canonical form.
    pub fn new(user: i64, operation: Guarded, key: String, request: &impl Serialize) -> Self {
        let canonical = serde_json::to_vec(request).expect("invariant: requests are plain JSON");
        let digest = Sha256::digest(&canonical);
        let fingerprint = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            user,
            operation,
            key,
            fingerprint,
        }
    }

    /// Claims the key in `tx`; `false` if it was claimed before. Waits for a claim of the same key
    /// that is not yet committed.
    pub async fn claim(&self, tx: &mut MySqlConnection) -> sqlx::Result<bool> {
        let claimed = sqlx::query(
            "INSERT INTO IdempotencyKeys (userId, operation, idempotencyKey, fingerprint)
             VALUES (?, ?, ?, ?)",
        )
        .bind(self.user)
        .bind(self.operation)
        .bind(&self.key)
        .bind(&self.fingerprint)
        .execute(tx)
        .await;
        match claimed {
            Ok(_) => Ok(true),
            Err(error) if is_duplicate(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Names what the claim made, so that the answer finds its key.
    pub async fn link(
        &self,
        tx: &mut MySqlConnection,
        booking: i64,
        payment: Option<&str>,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE IdempotencyKeys SET bookingId = ?, paymentId = ?
             WHERE userId = ? AND operation = ? AND idempotencyKey = ?",
        )
        .bind(booking)
        .bind(payment)
        .bind(self.user)
        .bind(self.operation)
        .bind(&self.key)
        .execute(tx)
        .await?;
        Ok(())
    }

    /// What is known of the key; used for another request it is `KEY_REUSED`. `None` if its
    /// claim was rolled back in the meantime.
    pub async fn find(&self, pool: &MySqlPool) -> Result<Option<Claimed>, Error> {
        let claimed: Option<Claimed> = sqlx::query_as(
            "SELECT fingerprint, bookingId, status, body FROM IdempotencyKeys
             WHERE userId = ? AND operation = ? AND idempotencyKey = ?",
        )
        .bind(self.user)
        .bind(self.operation)
        .bind(&self.key)
        .fetch_optional(pool)
        .await?;
        match claimed {
            Some(claimed) if claimed.fingerprint != self.fingerprint => Err(Error::KeyReused),
            claimed => Ok(claimed),
        }
    }
}

impl Claimed {
    /// The stored answer, to be given again byte for byte.
    pub fn answer(&self) -> Option<Answer> {
        Some(Answer::stored(self.status?, self.body.clone()?))
    }
}

/// Stores the answer of the key that made this booking, if it has a key and no answer yet.
pub async fn store_for_booking(
    tx: &mut MySqlConnection,
    booking: i64,
    answer: &Answer,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE IdempotencyKeys SET status = ?, body = ?
         WHERE bookingId = ? AND operation = 'booking' AND status IS NULL",
    )
    .bind(answer.status)
    .bind(&answer.body)
    .bind(booking)
    .execute(tx)
    .await?;
    Ok(())
}

/// Stores the answer of the key that made this payment, if it has no answer yet.
pub async fn store_for_payment(
    tx: &mut MySqlConnection,
    payment: &str,
    answer: &Answer,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE IdempotencyKeys SET status = ?, body = ? WHERE paymentId = ? AND status IS NULL",
    )
    .bind(answer.status)
    .bind(&answer.body)
    .bind(payment)
    .execute(tx)
    .await?;
    Ok(())
}

/// Purges answered keys older than a day, 1,000 at most; how many went. A key without an answer
/// stands for something that still runs.
pub async fn purge(pool: &MySqlPool) -> sqlx::Result<u64> {
    let purged = sqlx::query(
        "DELETE FROM IdempotencyKeys
         WHERE createdAt < NOW(6) - INTERVAL 1 DAY AND status IS NOT NULL LIMIT 1000",
    )
    .execute(pool)
    .await?;
    Ok(purged.rows_affected())
}

/// The stored answer of the key that made this booking.
pub async fn answer_for_booking(
    connection: &mut MySqlConnection,
    booking: i64,
) -> sqlx::Result<Option<Answer>> {
    let claimed: Option<Claimed> = sqlx::query_as(
        "SELECT fingerprint, bookingId, status, body FROM IdempotencyKeys
         WHERE bookingId = ? AND operation = 'booking'",
    )
    .bind(booking)
    .fetch_optional(connection)
    .await?;
    Ok(claimed.and_then(|claimed| claimed.answer()))
}

/// The stored answer of the key that made this payment.
pub async fn answer_for_payment(
    connection: &mut MySqlConnection,
    payment: &str,
) -> sqlx::Result<Option<Answer>> {
    let claimed: Option<Claimed> = sqlx::query_as(
        "SELECT fingerprint, bookingId, status, body FROM IdempotencyKeys WHERE paymentId = ?",
    )
    .bind(payment)
    .fetch_optional(connection)
    .await?;
    Ok(claimed.and_then(|claimed| claimed.answer()))
}
