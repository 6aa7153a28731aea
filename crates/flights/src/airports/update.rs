//! `PUT|PATCH /api/v1/airport/{id}`, and without `{id}` when the body has it.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
        openapi::Operation,
        reply::Reply,
    },
};
use validator::Validate;

use super::{
    ADDRESS, Airport, NAME,
    store::{self, Values},
};
use crate::{
    AppState,
    codes::{AirportCode, Country},
    error::{Error, Result},
    fields::{self, Given, Line, Zone, nothing_to_change},
};

/// What to change; what is left out stays.
#[derive(Clone, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAirport {
    /// The airport, where the path does not say it.
    #[serde(default)]
    #[validate(range(min = 1))]
    id: Given<i64>,
    /// IATA code; no other airport has it.
    #[serde(default)]
    code: Given<AirportCode>,
    /// Its name.
    #[serde(default)]
    name: Given<Line<NAME>>,
    /// Street address; null takes it away.
    #[serde(default)]
    address: Given<Option<Line<ADDRESS>>>,
    /// The city it serves.
    #[serde(default)]
    #[validate(range(min = 1))]
    city_id: Given<i64>,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    country: Given<Country>,
    /// Degrees, north is positive.
    #[serde(default)]
    #[validate(range(min = -90.0, max = 90.0))]
    latitude: Given<f64>,
    /// Degrees, east is positive.
    #[serde(default)]
    #[validate(range(min = -180.0, max = 180.0))]
    longitude: Given<f64>,
    /// IANA time zone.
    #[serde(default)]
    timezone: Given<Zone>,
}

/// Flights that are on sale have their local days by the zone.
const HAS_FLIGHTS: Error =
    Error::InUse("Flights depart here: their local days follow the time zone");

impl UpdateAirport {
    fn is_empty(&self) -> bool {
        let names = self.code.is_none() && self.name.is_none() && self.address.is_none();
        let place = self.country.is_none() && self.latitude.is_none() && self.longitude.is_none();
        names && place && self.city_id.is_none() && self.timezone.is_none()
    }
}

/// What can be changed.
const FIELDS: [&str; 8] = [
    "code",
    "name",
    "address",
    "cityId",
    "country",
    "latitude",
    "longitude",
    "timezone",
];

/// What the document says of it where the body says which.
pub fn doc_by_body(id: &'static str) -> Operation {
    doc(id).with(|shape| shape.needs_one_of(&["id"]))
}

/// What the document says of it.
pub fn doc(id: &'static str) -> Operation {
    Operation::new(id, "Change an airport")
        .with(|shape| shape.needs_one_of(&FIELDS))
        .more("What is left out stays as it is.")
        .refuses(Error::NotFound("airport"))
        .refuses(Error::Duplicate("code"))
        .refuses(HAS_FLIGHTS)
}

/// Changes the airport of the path.
pub async fn by_path(
    State(state): State<AppState>,
    Id(id): Id,
    ValidJson(request): ValidJson<UpdateAirport>,
) -> Result<Reply<Airport>> {
    let id = fields::target(&[Some(id), *request.id])?;
    answer(&state, id, &request).await
}

/// Changes the airport that the body names.
pub async fn by_body(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<UpdateAirport>,
) -> Result<Reply<Airport>> {
    let id = fields::target(&[*request.id])?;
    answer(&state, id, &request).await
}

async fn answer(state: &AppState, id: i64, request: &UpdateAirport) -> Result<Reply<Airport>> {
    if request.is_empty() {
        return Err(nothing_to_change(&FIELDS).into());
    }
    db::retry(|| update(state, id, request)).await?;
    let airport = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Airport updated",
        airport.ok_or(Error::NotFound("airport"))?,
    ))
}

async fn update(state: &AppState, id: i64, request: &UpdateAirport) -> Result<()> {
    let mut transaction = state.pool.begin().await?;
    let values = store::values_for_update(&mut transaction, id).await?;
    let values = changed(values.ok_or(Error::NotFound("airport"))?, request.clone());
    if !store::update(&mut transaction, id, &values).await? {
        return Err(HAS_FLIGHTS);
    }
    transaction.commit().await?;
    Ok(())
}

fn changed(old: Values, new: UpdateAirport) -> Values {
    let line = |line: Line<ADDRESS>| line.as_str().to_owned();
    Values {
        code: new.code.0.map_or(old.code, |code| code.to_string()),
        name: new.name.0.map_or(old.name, |name| name.as_str().to_owned()),
        address: new
            .address
            .0
            .map_or(old.address, |address| address.map(line)),
        city_id: new.city_id.unwrap_or(old.city_id),
        country: new
            .country
            .0
            .map_or(old.country, |country| country.as_str().to_owned()),
        latitude: new.latitude.unwrap_or(old.latitude),
        longitude: new.longitude.unwrap_or(old.longitude),
        timezone: new
            .timezone
            .map_or(old.timezone, |Zone(zone)| zone.name().to_owned()),
    }
}
