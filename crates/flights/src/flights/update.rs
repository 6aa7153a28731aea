//! `PUT|PATCH /api/v1/flight/{id}`: price and gate always, other times and another airplane while no
//! seat is held or sold.

use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use service_kit::{
    clock, db,
    http::{
        extract::{Id, ValidJson},
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
    fields::{Line, Timestamp, clearable, nothing_to_change, present},
    scope::Scope,
    zones,
};

/// What to change; what is left out stays.
#[derive(Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = PRICE))]
    price: Option<i64>,
    #[serde(default, deserialize_with = "clearable")]
    boarding_gate: Option<Option<Line<GATE>>>,
    #[serde(default, deserialize_with = "present")]
    departure_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "present")]
    arrival_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1))]
    airplane_id: Option<i64>,
}

impl Request {
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
    ValidJson(request): ValidJson<Request>,
) -> Result<Reply<Flight>> {
    if request.is_empty() {
        let names = "price, boardingGate, departureTime, arrivalTime, airplaneId";
        return Err(nothing_to_change(names).into());
    }
    db::retry(|| update(&state, &scope, id, &request)).await?;
    let flight = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Flight updated",
        flight.ok_or(Error::NotFound("flight"))?,
    ))
}

async fn update(state: &AppState, scope: &Scope, id: i64, request: &Request) -> Result<()> {
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

fn changed(old: &Plan, request: &Request) -> Plan {
    let mut new = old.clone();
    new.price = request.price.unwrap_or(old.price);
    if let Some(gate) = &request.boarding_gate {
        new.boarding_gate = gate.as_ref().map(|gate| gate.as_str().to_owned());
    }
    if let Some(Timestamp(time)) = request.departure_time {
        new.departure_time = time;
    }
    if let Some(Timestamp(time)) = request.arrival_time {
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
