//! `PUT|PATCH /api/v1/flight/{id}`: price and gate always, times and airplane while no seat is held
//! or sold.

use axum::extract::State;
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
    itinerary::{check_seats, check_times},
    store::{self, Plan},
};
use crate::{
    AppState,
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
    fn changes_plan(&self) -> bool {
        let times = self.departure_time.is_some() || self.arrival_time.is_some();
        times || self.airplane_id.is_some()
    }

    fn is_empty(&self) -> bool {
        self.price.is_none() && self.boarding_gate.is_none() && !self.changes_plan()
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
    let plan = store::plan_for_update(&mut transaction, id).await?;
    let mut plan = plan.ok_or(Error::NotFound("flight"))?;
    scope.require(Some(&plan.airline))?;
    plan.price = request.price.unwrap_or(plan.price);
    if let Some(gate) = &request.boarding_gate {
        plan.boarding_gate = gate.as_ref().map(|gate| gate.as_str().to_owned());
    }
    if request.changes_plan() {
        let plan = replan(&mut transaction, scope, plan, request).await?;
        if !store::update_plan(&mut transaction, id, &plan).await? {
            return Err(Error::FlightHasBookings);
        }
    } else {
        store::update_details(&mut transaction, id, &plan).await?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn replan(
    db: &mut MySqlConnection,
    scope: &Scope,
    mut plan: Plan,
    request: &Request,
) -> Result<Plan> {
    if let Some(id) = request.airplane_id {
        let airplane = create::usable_airplane(db, scope, id).await?;
        check_seats("airplaneId", plan.total_seats, airplane.capacity)?;
        plan.airplane_id = id;
    }
    if request.departure_time.is_some() || request.arrival_time.is_some() {
        plan.departure_time = request
            .departure_time
            .map_or(plan.departure_time, |time| time.0);
        plan.arrival_time = request
            .arrival_time
            .map_or(plan.arrival_time, |time| time.0);
        check_times(plan.departure_time, plan.arrival_time, clock::now())?;
        let zone = store::zone_of(db, &plan.departure_airport_id).await?;
        let zone = zone.ok_or(Error::NotFound("flight"))?;
        plan.departure_date = zones::local_date(plan.departure_time, zones::named(&zone));
    }
    Ok(plan)
}
