//! `POST /booking`: a booking with its seats held, or a refusal.
//!
//! The booking is committed before flights is asked, so that every hold that can exist has a
//! booking whose end releases it. The steps are those of the protocol: open (tx A), hold, then
//! settle (tx B) or end.

use std::time::{Duration, Instant};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contracts::{CallError, holds::Hold};
use service_kit::{
    db,
    http::{deadline, extract::ValidJson, layers::Caller, openapi::Operation, reply::Reply},
};
use sqlx::MySqlPool;
use ulid::Ulid;

use super::{
    Reason, SeatState, Status, ending,
    request::{CreateBooking, Itinerary, duplicate_flight},
    store::{self, BookingRow, Buyer},
    transitions,
    view::BookingView,
};
use crate::{
    AppState, ENOUGH_TO_BEGIN,
    answer::Answer,
    config::Rules,
    erasure,
    error::Error,
    idempotency::{self, Guarded, Key},
};

/// Tries of the hold begin within this, so that the last one ends before the request's deadline.
const HOLD_TRIES: Duration = Duration::from_secs(6);

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("createBooking", "Book: hold seats until they are paid")
        .more(
            "One flight by `flightId` and `noOfSeats`, or several by `items`; all are held or none \
             is. The seats go back at `expiresAt` unless the booking is paid before.",
        )
        .with(|shape| shape.needs_one_of(&["flightId", "items"]))
        .with(|shape| idempotency::describe(shape, false))
        .answers(StatusCode::CREATED)
        .refuses(&Error::Refused(Reason::InvalidFlight))
        .refuses(&Error::Refused(Reason::NoSeats))
        .refuses(&Error::TooManyHolds)
        .refuses(&Error::BookingEnded)
        .refuses(&Error::KeyInProgress)
        .refuses(&Error::Refused(Reason::FlightDeparted))
        .refuses(&Error::Refused(Reason::CurrencyMismatch))
        .refuses(duplicate_flight())
        .refuses(&Error::KeyReused)
}

/// The handler: 201 with the booking, or a problem.
pub async fn create(
    State(state): State<AppState>,
    Caller(user): Caller,
    headers: HeaderMap,
    ValidJson(request): ValidJson<CreateBooking>,
) -> Result<Answer, Error> {
    let itinerary = Itinerary::try_from(request)?;
    let key = idempotency::from_headers(&headers)?
        .map(|key| Key::new(user.id, Guarded::Booking, key, &itinerary));
    let buyer = Buyer {
        id: user.id,
        name: &user.name,
        email: &user.email,
    };
    deadline::require(ENOUGH_TO_BEGIN)?;
    book(&state, buyer, &itinerary, key.as_ref()).await
}

/// Books the itinerary for the buyer.
async fn book(
    state: &AppState,
    buyer: Buyer<'_>,
    itinerary: &Itinerary,
    key: Option<&Key>,
) -> Result<Answer, Error> {
    let opened = match db::retry(|| open(&state.pool, buyer, itinerary, key, &state.rules)).await? {
        Opened::New(opened) => opened,
        Opened::KeyClaimed => match continue_claimed(&state.pool, key).await? {
            Continued::Answered(answer) => return Ok(answer),
            Continued::Waiting(opened) => opened,
        },
    };
    match ask_for_seats(state, &opened.hold_id, itinerary).await {
        Ok(hold) => confirm(state, opened.id, itinerary, key, &hold).await,
        Err(refusal) => refuse(state, opened.id, refusal).await,
    }
}

/// A booking that waits for its seats.
struct Waiting {
    id: i64,
    hold_id: String,
}

enum Opened {
    New(Waiting),
    KeyClaimed,
}

/// Tx A: the booking INITIATED / REQUESTED, within the user's limit, with the key if there is one.
async fn open(
    pool: &MySqlPool,
    buyer: Buyer<'_>,
    itinerary: &Itinerary,
    key: Option<&Key>,
    rules: &Rules,
) -> Result<Opened, Error> {
    let mut tx = pool.begin().await?;
    if let Some(key) = key
        && !key.claim(&mut tx).await?
    {
        return Ok(Opened::KeyClaimed);
    }
    if !transitions::count_up(&mut tx, buyer.id, rules.max_unpaid_holds).await? {
        return match erasure::is_erased(&mut tx, buyer.id).await? {
            true => Err(Error::AccountErased),
            false => Err(Error::TooManyHolds),
        };
    }
    let hold_id = Ulid::new().to_string();
    let ttl = rules.hold_ttl_seconds;
    let id = store::insert(&mut tx, buyer, itinerary, &hold_id, ttl).await?;
    if let Some(key) = key {
        key.link(&mut tx, id, None).await?;
    }
    tx.commit().await?;
    Ok(Opened::New(Waiting { id, hold_id }))
}

enum Continued {
    Answered(Answer),
    Waiting(Waiting),
}

/// A repeat: the stored answer, or on with the same hold if the first request did not get there.
async fn continue_claimed(pool: &MySqlPool, key: Option<&Key>) -> Result<Continued, Error> {
    let Some(claimed) = (match key {
        Some(key) => key.find(pool).await?,
        None => None,
    }) else {
        return Err(Error::KeyInProgress);
    };
    if let Some(answer) = claimed.answer() {
        return Ok(Continued::Answered(answer));
    }
    let mut connection = pool.acquire().await?;
    let booking = match claimed.booking_id {
        Some(id) => store::find(&mut connection, id).await?,
        None => None,
    };
    let booking = booking.ok_or_else(|| Error::Broken("a key without its booking".to_owned()))?;
    Ok(Continued::Waiting(Waiting {
        id: booking.id,
        hold_id: booking.hold_id,
    }))
}

/// Asks flights, again with the same id while the outcome is unknown and time is left. A flights
/// that is not there at all is asked twice, so that the client hears at once.
async fn ask_for_seats(
    state: &AppState,
    hold_id: &str,
    itinerary: &Itinerary,
) -> Result<Hold, CallError> {
    let request = itinerary.hold_request();
    let started = Instant::now();
    let mut refused_connections = 0;
    loop {
        let outcome = state.holds.put(hold_id, &request).await;
        let again = match &outcome {
            Err(CallError::Unreachable(_)) => {
                refused_connections += 1;
                refused_connections < 2
            }
            Err(CallError::Unknown(_)) => true,
            _ => false,
        };
        if !again || started.elapsed() > HOLD_TRIES {
            return outcome;
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// Tx B: the seats are held, at the prices of the hold.
async fn confirm(
    state: &AppState,
    id: i64,
    itinerary: &Itinerary,
    key: Option<&Key>,
    hold: &Hold,
) -> Result<Answer, Error> {
    let confirmed = db::retry(|| async {
        let mut tx = state.pool.begin().await?;
        if !transitions::mark_held(&mut tx, id, &hold.items).await? {
            return Ok(None);
        }
        let booking = load(&mut tx, id).await?;
        // What the request and the hold say need not be read again.
        let view = BookingView::new(booking, itinerary.held(hold), itinerary.passengers.clone());
        let answer = created(view);
        if key.is_some() {
            idempotency::store_for_booking(&mut tx, id, &answer).await?;
        }
        tx.commit().await?;
        Ok::<_, Error>(Some(answer))
    })
    .await?;
    match confirmed {
        Some(answer) => Ok(answer),
        None => answer_as_found(state, id).await,
    }
}

fn created(view: BookingView) -> Answer {
    Answer::reply(&Reply::created("Seats are held for you", view))
}

/// Somebody else decided first: the stored answer, or what the booking has become.
async fn answer_as_found(state: &AppState, id: i64) -> Result<Answer, Error> {
    let mut connection = state.pool.acquire().await?;
    if let Some(answer) = idempotency::answer_for_booking(&mut connection, id).await? {
        return Ok(answer);
    }
    let booking = load(&mut connection, id).await?;
    let has_seats = matches!(booking.seat_state, SeatState::Held | SeatState::Sold);
    match has_seats && booking.status != Status::Cancelled {
        true => Ok(created(store::view(&mut connection, booking).await?)),
        false => Err(Error::BookingEnded),
    }
}

async fn load(connection: &mut sqlx::MySqlConnection, id: i64) -> Result<BookingRow, Error> {
    let booking = store::find(connection, id).await?;
    booking.ok_or_else(|| Error::Broken(format!("booking {id} is gone")))
}

/// The seats cannot be had: the booking ends, unless nothing final is known.
async fn refuse(state: &AppState, id: i64, refusal: CallError) -> Result<Answer, Error> {
    let CallError::Refused { code, .. } = &refusal else {
        return Err(Error::Upstream(refusal));
    };
    let reason = match code.as_str() {
        "NO_SEATS" => Reason::NoSeats,
        "INVALID_FLIGHT" => Reason::InvalidFlight,
        "FLIGHT_DEPARTED" => Reason::FlightDeparted,
        "CURRENCY_MISMATCH" => Reason::CurrencyMismatch,
        "RELEASED" => return answer_as_found(state, id).await,
        code => return Err(Error::Broken(format!("flights refused a hold: {code}"))),
    };
    let ended = db::retry(|| async {
        let mut tx = state.pool.begin().await?;
        if !transitions::end_refused(&mut tx, id, reason).await? {
            return Ok(false);
        }
        let booking = load(&mut tx, id).await?;
        ending::record(&mut tx, &booking, Status::Initiated, reason).await?;
        tx.commit().await?;
        Ok::<_, Error>(true)
    })
    .await?;
    state.outbox.notify();
    match ended {
        true => Err(Error::Refused(reason)),
        false => answer_as_found(state, id).await,
    }
}
