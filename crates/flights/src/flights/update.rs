//! `PUT|PATCH /api/v1/flight/{id}`: price and gate always, other times and another airplane while no
//! seat is held or sold.

use axum::extract::State;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    clock, db,
    http::{
        extract::{Id, ValidJson},
        openapi::Operation,
        reply::Reply,
    },
};
use sqlx::MySqlConnection;
use validator::Validate;

use super::{
    Flight, GATE, PRICE, create,
    itinerary::{check_arrival, check_departure, check_seats},
    store::{self, Plan},
};
use crate::{
    AppState, airplanes,
    error::{Error, Result},
    fields::{Given, Line, Timestamp, nothing_to_change},
    scope::Scope,
    zones,
};

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateFlight {
    /// Minor units per seat.
    #[serde(default)]
    #[validate(range(min = 1, max = PRICE))]
    price: Given<i64>,
    /// Where to board; null says that it is not known.
    #[serde(default)]
    boarding_gate: Given<Option<Line<GATE>>>,
    /// Ahead, within 3 years.
    #[serde(default)]
    departure_time: Given<Timestamp>,
    /// Within 48 hours of the departure.
    #[serde(default)]
    arrival_time: Given<Timestamp>,
    /// The airplane that flies it.
    #[serde(default)]
    #[validate(range(min = 1))]
    airplane_id: Given<i64>,
}

/// What can be changed.
const FIELDS: [&str; 5] = [
    "price",
    "boardingGate",
    "departureTime",
    "arrivalTime",
    "airplaneId",
];

/// What the document says of it.
pub fn doc(id: &'static str) -> Operation {
    Operation::new(id, "Change a flight")
        .with(|shape| shape.needs_one_of(&FIELDS))
        .more(
            "What is left out stays as it is. Times and airplane stay once seats are held or sold.",
        )
        .refuses(Error::FlightHasBookings)
        .refuses(Error::Duplicate("flightNumber"))
}

impl UpdateFlight {
    fn is_empty(&self) -> bool {
        let details = self.price.is_some() || self.boarding_gate.is_some();
        let times = self.departure_time.is_some() || self.arrival_time.is_some();
        !details && !times && self.airplane_id.is_none()
    }
}

/// Changes a flight.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    Id(id): Id,
    ValidJson(request): ValidJson<UpdateFlight>,
) -> Result<Reply<Flight>> {
    if request.is_empty() {
        return Err(nothing_to_change(&FIELDS).into());
    }
    db::retry(|| update(&state, &scope, id, &request)).await?;
    let flight = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Flight updated",
        flight.ok_or(Error::NotFound("flight"))?,
    ))
}

async fn update(state: &AppState, scope: &Scope, id: i64, request: &UpdateFlight) -> Result<()> {
    let mut transaction = state.pool.begin().await?;
    let old = store::plan_for_update(&mut transaction, id).await?;
    let old = old.ok_or(Error::NotFound("flight"))?;
    scope.require(Some(&old.airline))?;
    let mut new = changed(&old, request);
    if new.flies_as(&old) {
        store::update_details(&mut transaction, id, &new).await?;
    } else {
        check(&mut transaction, scope, &old, &new).await?;
        if new.departure_time != old.departure_time {
            new.departure_date = departure_date(&mut transaction, &new).await?;
        }
        if !store::update_plan(&mut transaction, id, &new).await? {
            return Err(Error::FlightHasBookings);
        }
    }
    transaction.commit().await?;
    Ok(())
}

fn changed(old: &Plan, request: &UpdateFlight) -> Plan {
    let mut new = old.clone();
    new.price = request.price.unwrap_or(old.price);
    if let Some(gate) = &request.boarding_gate.0 {
        new.boarding_gate = gate.as_ref().map(|gate| gate.as_str().to_owned());
    }
    if let Some(Timestamp(time)) = *request.departure_time {
        new.departure_time = time;
    }
    if let Some(Timestamp(time)) = *request.arrival_time {
        new.arrival_time = time;
    }
    new.airplane_id = request.airplane_id.unwrap_or(old.airplane_id);
    new
}

/// Refuses a plan whose new parts do not fit. A flight that had departed may sell more seats than
/// its airplane has by now.
async fn check(db: &mut MySqlConnection, scope: &Scope, old: &Plan, new: &Plan) -> Result<()> {
    if new.airplane_id != old.airplane_id {
        let airplane = create::usable_airplane(db, scope, new.airplane_id).await?;
        check_seats("airplaneId", new.total_seats, airplane.capacity)?;
    }
    if new.departure_time != old.departure_time {
        check_departure(new.departure_time, clock::now())?;
        let airplane = airplanes::store::find_for_update(db, new.airplane_id).await?;
        let airplane = airplane.ok_or(Error::NotFound("airplane"))?;
        check_seats("departureTime", new.total_seats, airplane.capacity)?;
    }
    check_arrival(new.departure_time, new.arrival_time)
}

async fn departure_date(db: &mut MySqlConnection, plan: &Plan) -> Result<NaiveDate> {
    let zone = store::zone_of(db, &plan.departure_airport_id).await?;
    let zone = zone.ok_or(Error::NotFound("airport"))?;
    Ok(zones::local_date(plan.departure_time, zones::named(&zone)))
}
