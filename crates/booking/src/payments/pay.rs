//! `POST /booking/payments`: takes the money of a booking, once.

use std::time::Duration;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contracts::{
    CallError,
    charges::{Charge, ChargeRequest, ChargeState},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use service_kit::{
    db,
    http::{deadline, extract::ValidJson, layers::Caller, openapi::Operation, reply::Reply},
    identity::User,
};
use ulid::Ulid;
use validator::{Validate, ValidationError};

use super::{
    settle::{Outcome, settle},
    store,
};
use crate::{
    AppState, ENOUGH_TO_BEGIN, SETTLING,
    answer::Answer,
    bookings::{
        self, Reason, SeatState, Status, get::find_for, store::BookingRow,
        transitions::append_event,
    },
    error::Error,
    idempotency::{self, Guarded, Key},
};

/// A repeat waits this long for the first request to end if it has the time, looking every 50 ms.
const KEY_WAIT: Duration = Duration::from_secs(8);
const KEY_POLL: Duration = Duration::from_millis(50);

/// What stands for a card at the sandbox when the client names none.
const DEFAULT_TOKEN: &str = "tok_success";
const TOKENS: [&str; 5] = [
    DEFAULT_TOKEN,
    "tok_declined",
    "tok_insufficient_funds",
    "tok_timeout_charged",
    "tok_timeout_not_charged",
];

/// What a client sends.
#[derive(Debug, Deserialize, JsonSchema, Serialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PayBooking {
    /// The booking.
    #[validate(range(min = 1))]
    booking_id: i64,
    /// The total that the client means to pay, in minor units.
    #[validate(range(min = 0))]
    total_cost: i64,
    /// Stands for a card at the sandbox.
    #[validate(custom(function = "is_known_token"))]
    #[serde(default = "default_token")]
    #[schemars(extend("enum" = TOKENS))]
    payment_token: String,
    /// Ignored: clients of the original send it. Who pays is who signed in.
    #[serde(rename = "userId", skip_serializing)]
    #[schemars(with = "Option<serde_json::Value>", extend("deprecated" = true))]
    _user_id: Option<IgnoredAny>,
}

fn default_token() -> String {
    DEFAULT_TOKEN.to_owned()
}

fn is_known_token(token: &str) -> Result<(), ValidationError> {
    match TOKENS.contains(&token) {
        true => Ok(()),
        false => Err(ValidationError::new("token").with_message("is no test token".into())),
    }
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("payBooking", "Pay a booking in full")
        .more(
            "While the outcome is unknown it answers 202: ask again with the same key, or look at \
             the booking.",
        )
        .with(|shape| idempotency::describe(shape, true))
        .answers_when(StatusCode::OK, "It is paid: BOOKED.")
        .answers_when(
            StatusCode::ACCEPTED,
            "The outcome is not known yet: PENDING.",
        )
        .refuses(&Error::KeyMissing)
        .refuses(&Error::PaymentDeclined)
        .refuses(&Error::NoSuchBooking)
        .refuses(&Error::AlreadyPaid)
        .refuses(&Error::PaymentInProgress)
        .refuses(&Error::BookingExpired)
        .refuses(&Error::BookingEnded)
        .refuses(&Error::BookingNotReady)
        .refuses(&Error::KeyInProgress)
        .refuses(&Error::AmountMismatch)
        .refuses(&Error::KeyReused)
}

/// The handler: 200 paid, 202 while the outcome is unknown, 402 declined.
pub async fn pay(
    State(state): State<AppState>,
    Caller(user): Caller,
    headers: HeaderMap,
    ValidJson(request): ValidJson<PayBooking>,
) -> Result<Answer, Error> {
    let key = idempotency::from_headers(&headers)?.ok_or(Error::KeyMissing)?;
    let key = Key::new(user.id, Guarded::Payment, key, &request);
    deadline::require(ENOUGH_TO_BEGIN)?;
    match db::retry(|| start(&state, &user, &request, &key)).await? {
        Started::New(attempt) => charge(&state, &attempt).await,
        Started::KeyClaimed => wait_for_answer(&state, &key).await,
    }
}

enum Started {
    New(ChargeRequest),
    KeyClaimed,
}

/// Tx C: claims the key and moves the booking to PENDING, or says why not; then nothing stays.
async fn start(
    state: &AppState,
    user: &User,
    request: &PayBooking,
    key: &Key,
) -> Result<Started, Error> {
    let mut tx = state.pool.begin().await?;
    if !key.claim(&mut tx).await? {
        return Ok(Started::KeyClaimed);
    }
    let booking = find_for(&mut tx, request.booking_id, user).await?;
    let payment = Ulid::new().to_string();
    if !store::start(&mut tx, booking.id, &payment, request.total_cost).await? {
        return Err(why_not(&find_for(&mut tx, request.booking_id, user).await?));
    }
    let currency = booking.currency.clone();
    let currency = currency
        .ok_or_else(|| Error::Broken(format!("booking {} held without a currency", booking.id)))?;
    let amount = request.total_cost;
    store::insert(&mut tx, &payment, booking.id, user.id, amount, &currency).await?;
    append_event(
        &mut tx,
        booking.id,
        Some(Status::Initiated),
        Status::Pending,
        "PAYMENT",
    )
    .await?;
    key.link(&mut tx, booking.id, Some(&payment)).await?;
    tx.commit().await?;
    let token = request.payment_token.clone();
    Ok(Started::New(ChargeRequest {
        id: payment,
        amount,
        currency,
        token,
    }))
}

/// The first reason that fits, in the order of the contract.
fn why_not(booking: &BookingRow) -> Error {
    match (booking.status, booking.reason) {
        (Status::Booked, _) => Error::AlreadyPaid,
        (Status::Pending, _) => Error::PaymentInProgress,
        (Status::Cancelled, Some(Reason::Expired)) => Error::BookingExpired,
        (Status::Cancelled, _) => Error::BookingEnded,
        (Status::Initiated, _) if booking.is_past_expiry => Error::BookingExpired,
        (Status::Initiated, _) if booking.seat_state == SeatState::Requested => {
            Error::BookingNotReady
        }
        (Status::Initiated, _) => Error::AmountMismatch,
    }
}

/// Charges and settles. An outcome that is not known stays PENDING for the reconciler.
async fn charge(state: &AppState, attempt: &ChargeRequest) -> Result<Answer, Error> {
    let outcome = match state.charges.charge(attempt).await {
        Ok(charge) => final_outcome(&charge),
        Err(CallError::Refused { code, .. }) => {
            return Err(Error::Broken(format!(
                "the provider refused a charge: {code}"
            )));
        }
        Err(unknown) => {
            tracing::warn!(payment = attempt.id, %unknown, "a charge's outcome is unknown");
            None
        }
    };
    let Some(outcome) = outcome else {
        return pending(state, &attempt.id).await;
    };
    match settle(state, &attempt.id, &outcome).await? {
        Some(answer) => Ok(answer),
        None => pending(state, &attempt.id).await,
    }
}

/// What a charge says for good; `None` while it runs.
pub fn final_outcome(charge: &Charge) -> Option<Outcome> {
    match charge.state {
        ChargeState::Captured => Some(Outcome::Captured),
        ChargeState::Declined => Some(Outcome::Declined(
            charge.decline_reason.clone().unwrap_or_default(),
        )),
        ChargeState::Processing => None,
    }
}

/// 202 with the booking PENDING; or the stored answer, if the reconciler was faster.
async fn pending(state: &AppState, payment: &str) -> Result<Answer, Error> {
    let mut connection = state.pool.acquire().await?;
    if let Some(answer) = idempotency::answer_for_payment(&mut connection, payment).await? {
        return Ok(answer);
    }
    let payment = store::find(&mut connection, payment).await?;
    let payment = payment.ok_or_else(|| Error::Broken("a payment is gone".to_owned()))?;
    let booking = bookings::store::find(&mut connection, payment.booking_id).await?;
    let booking = booking.ok_or(Error::NoSuchBooking)?;
    let view = bookings::store::view(&mut connection, booking).await?;
    Ok(Answer::reply(&Reply::accepted(
        "The payment is being processed",
        view,
    )))
}

/// A repeat of a key: the stored answer once there is one.
async fn wait_for_answer(state: &AppState, key: &Key) -> Result<Answer, Error> {
    let left = deadline::left().map(|left| left.saturating_sub(SETTLING));
    let deadline = tokio::time::Instant::now() + left.map_or(KEY_WAIT, |left| left.min(KEY_WAIT));
    loop {
        let claimed = key.find(&state.pool).await?;
        if let Some(answer) = claimed.as_ref().and_then(|claimed| claimed.answer()) {
            return Ok(answer);
        }
        // No row: the first request was refused and took its key back.
        if claimed.is_none() || tokio::time::Instant::now() >= deadline {
            return Err(Error::KeyInProgress);
        }
        tokio::time::sleep(KEY_POLL).await;
    }
}
