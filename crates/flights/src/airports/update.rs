//! `PUT|PATCH /api/v1/airport/{id}`, and without `{id}` when the body has it.

use axum::extract::State;
use serde::Deserialize;
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
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
    fields::{self, Line, Zone, clearable, nothing_to_change, present},
};

/// What to change; what is left out stays.
#[derive(Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1))]
    id: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    code: Option<AirportCode>,
    #[serde(default, deserialize_with = "present")]
    name: Option<Line<NAME>>,
    #[serde(default, deserialize_with = "clearable")]
    address: Option<Option<Line<ADDRESS>>>,
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1))]
    city_id: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    country: Option<Country>,
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = -90.0, max = 90.0))]
    latitude: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = -180.0, max = 180.0))]
    longitude: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    timezone: Option<Zone>,
}

impl Request {
    fn is_empty(&self) -> bool {
        let names = self.code.is_none() && self.name.is_none() && self.address.is_none();
        let place = self.country.is_none() && self.latitude.is_none() && self.longitude.is_none();
        names && place && self.city_id.is_none() && self.timezone.is_none()
    }
}

/// Changes the airport of the path.
pub async fn by_path(
    State(state): State<AppState>,
    Id(id): Id,
    ValidJson(request): ValidJson<Request>,
) -> Result<Reply<Airport>> {
    let id = fields::target(&[Some(id), request.id])?;
    answer(&state, id, &request).await
}

/// Changes the airport that the body names.
pub async fn by_body(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<Request>,
) -> Result<Reply<Airport>> {
    let id = fields::target(&[request.id])?;
    answer(&state, id, &request).await
}

async fn answer(state: &AppState, id: i64, request: &Request) -> Result<Reply<Airport>> {
    if request.is_empty() {
        let names = "code, name, address, cityId, country, latitude, longitude, timezone";
        return Err(nothing_to_change(names).into());
    }
    db::retry(|| update(state, id, request)).await?;
    let airport = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Airport updated",
        airport.ok_or(Error::NotFound("airport"))?,
    ))
}

async fn update(state: &AppState, id: i64, request: &Request) -> Result<()> {
    let mut transaction = state.pool.begin().await?;
    let values = store::values_for_update(&mut transaction, id).await?;
    let values = changed(values.ok_or(Error::NotFound("airport"))?, request.clone());
    if !store::update(&mut transaction, id, &values).await? {
        return Err(Error::InUse(
            "Flights depart here: their local days follow the time zone",
        ));
    }
    transaction.commit().await?;
    Ok(())
}

fn changed(old: Values, new: Request) -> Values {
    let line = |line: Line<ADDRESS>| line.as_str().to_owned();
    Values {
        code: new.code.map_or(old.code, |code| code.to_string()),
        name: new.name.map_or(old.name, |name| name.as_str().to_owned()),
        address: new.address.map_or(old.address, |address| address.map(line)),
        city_id: new.city_id.unwrap_or(old.city_id),
        country: new
            .country
            .map_or(old.country, |country| country.as_str().to_owned()),
        latitude: new.latitude.unwrap_or(old.latitude),
        longitude: new.longitude.unwrap_or(old.longitude),
        timezone: new
            .timezone
            .map_or(old.timezone, |Zone(zone)| zone.name().to_owned()),
    }
}
