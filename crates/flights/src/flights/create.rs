//! `POST /api/v1/flight`

use axum::{extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    clock, db,
    http::{extract::ValidJson, openapi::Operation, reply::Reply},
};
use sqlx::MySqlConnection;
use validator::Validate;

use super::{
    Flight, GATE, PRICE,
    itinerary::{check_arrival, check_departure, check_seats},
    store::{self, NewFlight},
};
use crate::{
    AppState,
    airplanes::{self, AirplaneDetails, CAPACITY},
    codes::{AirportCode, Designator, FlightNumber},
    currency::Currency,
    error::{Error, Result},
    fields::{Given, Line, Timestamp},
    scope::Scope,
    zones,
};

/// The new flight. The airline is that of the number, the seats on sale are the airplane's, the
/// currency is the configured one, unless they are given.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateFlight {
    /// Airline designator, one to four digits, perhaps a letter.
    flight_number: FlightNumber,
    /// Designator of the airline that sells it.
    #[serde(default)]
    airline: Given<Designator>,
    /// The airplane that flies it.
    #[validate(range(min = 1))]
    airplane_id: i64,
    /// IATA code.
    departure_airport_id: AirportCode,
    /// IATA code.
    arrival_airport_id: AirportCode,
    /// Ahead, within 3 years.
    departure_time: Timestamp,
    /// Within 48 hours of the departure.
    arrival_time: Timestamp,
    /// Minor units per seat.
    #[validate(range(min = 1, max = PRICE))]
    price: i64,
    /// ISO 4217.
    #[serde(default)]
    currency: Given<Currency>,
    /// Where to board, once it is known.
    #[serde(default)]
    boarding_gate: Option<Line<GATE>>,
    /// Seats on sale, at most those of the airplane.
    #[serde(default)]
    #[validate(range(min = 1, max = CAPACITY))]
    total_seats: Given<i32>,
}

impl CreateFlight {
    fn airline(&self) -> &str {
        let given = self.airline.as_ref().map(Designator::as_str);
        given.unwrap_or(self.flight_number.designator())
    }
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("createFlight", "Put a flight on sale")
        .more("A flight number flies once on a local day from an airport.")
        .answers(StatusCode::CREATED)
        .refuses(Error::Duplicate("flightNumber"))
}

/// Puts a flight on sale.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    ValidJson(request): ValidJson<CreateFlight>,
) -> Result<Reply<Flight>> {
    scope.require(Some(request.airline()))?;
    scope.require(Some(request.flight_number.designator()))?;
    let departure = request.departure_time.0;
    check_departure(departure, clock::now())?;
    check_arrival(departure, request.arrival_time.0)?;
    if request.departure_airport_id == request.arrival_airport_id {
        return Err(Error::invalid(
            "arrivalAirportId",
            "must not be departureAirportId",
        ));
    }
    let id = db::retry(|| create(&state, &scope, &request)).await?;
    let flight = store::find(&state.pool, id).await?;
    Ok(Reply::created(
        "Flight created",
        flight.ok_or(Error::NotFound("flight"))?,
    ))
}

async fn create(state: &AppState, scope: &Scope, request: &CreateFlight) -> Result<i64> {
    let mut transaction = state.pool.begin().await?;
    let airplane = usable_airplane(&mut transaction, scope, request.airplane_id).await?;
    let total_seats = request.total_seats.unwrap_or(airplane.capacity);
    check_seats("totalSeats", total_seats, airplane.capacity)?;
    let departure = request.departure_airport_id.as_str();
    let zone = store::zone_of(&mut transaction, departure).await?;
    let zone = zone.ok_or_else(|| unknown_airport("departureAirportId"))?;
    let arrival = request.arrival_airport_id.as_str();
    let arrival_zone = store::zone_of(&mut transaction, arrival).await?;
    arrival_zone.ok_or_else(|| unknown_airport("arrivalAirportId"))?;
    let flight = NewFlight {
        flight_number: request.flight_number.as_str(),
        airline: request.airline(),
        airplane_id: request.airplane_id,
        departure_airport_id: departure,
        arrival_airport_id: arrival,
        departure_time: request.departure_time.0,
        arrival_time: request.arrival_time.0,
        departure_date: zones::local_date(request.departure_time.0, zones::named(&zone)),
        price: request.price,
        currency: request.currency.unwrap_or(state.default_currency).as_str(),
        boarding_gate: request.boarding_gate.as_ref().map(Line::as_str),
        total_seats,
    };
    let id = store::insert(&mut transaction, &flight).await?;
    transaction.commit().await?;
    Ok(id)
}

fn unknown_airport(field: &'static str) -> Error {
    Error::invalid(field, "is not the code of an airport here")
}

/// The airplane, if the caller may fly it: a shared one, or one of its airline.
pub(super) async fn usable_airplane(
    db: &mut MySqlConnection,
    scope: &Scope,
    id: i64,
) -> Result<AirplaneDetails> {
    let airplane = airplanes::store::find_for_update(db, id).await?;
    let airplane =
        airplane.ok_or_else(|| Error::invalid("airplaneId", "is not the id of an airplane"))?;
    if airplane.airline.is_some() {
        scope.require(airplane.airline.as_deref())?;
    }
    Ok(airplane)
}
