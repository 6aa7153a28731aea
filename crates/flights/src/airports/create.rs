//! `POST /api/v1/airport`

use axum::{extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{
        extract::ValidJson,
        openapi::Operation,
        problem::{FieldError, Problem},
        reply::Reply,
    },
};
use validator::Validate;

use super::{
    ADDRESS, Airport, NAME,
    known::{self, KnownAirport},
    store::{self, Values},
};
use crate::{
    AppState,
    codes::{AirportCode, Country},
    error::{Error, Result},
    fields::{Given, Line, Zone},
};

/// The new airport; what is left out comes from the bundled table by code.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAirport {
    /// IATA code; no other airport has it.
    code: AirportCode,
    /// Its name.
    name: Line<NAME>,
    /// Street address.
    #[serde(default)]
    address: Option<Line<ADDRESS>>,
    /// The city it serves.
    #[validate(range(min = 1))]
    city_id: i64,
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

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("createAirport", "Create an airport")
        .more("Name, code and city are enough for an airport that IATA knows.")
        .answers(StatusCode::CREATED)
        .refuses(Error::Duplicate("code"))
}

/// Creates an airport.
pub async fn handler(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<CreateAirport>,
) -> Result<Reply<Airport>> {
    let known = known::by_code(request.code.as_str());
    let values = complete(request, known)?;
    let id = db::retry(|| store::insert(&state.pool, &values)).await?;
    let airport = store::find(&state.pool, id).await?;
    Ok(Reply::created(
        "Airport created",
        airport.ok_or(Error::NotFound("airport"))?,
    ))
}

fn complete(
    request: CreateAirport,
    known: Option<&KnownAirport>,
) -> std::result::Result<Values, Problem> {
    let country = request.country.0.map(|country| country.as_str().to_owned());
    let zone = request.timezone.0.map(|Zone(zone)| zone.name().to_owned());
    let country = country.or_else(|| known.map(|airport| airport.country.clone()));
    let latitude = request
        .latitude
        .or_else(|| known.map(|airport| airport.latitude));
    let longitude = request
        .longitude
        .or_else(|| known.map(|airport| airport.longitude));
    let timezone = zone.or_else(|| known.map(|airport| airport.timezone.clone()));
    let missing = [
        ("country", country.is_none()),
        ("latitude", latitude.is_none()),
        ("longitude", longitude.is_none()),
        ("timezone", timezone.is_none()),
    ];
    let rule = "is required, as the code is in no table";
    let missing = missing.iter().filter(|(_, is_missing)| *is_missing);
    let missing = missing
        .map(|(field, _)| FieldError::new(*field, "missing", rule))
        .collect();
    let (Some(country), Some(latitude), Some(longitude), Some(timezone)) =
        (country, latitude, longitude, timezone)
    else {
        return Err(Problem::validation(missing));
    };
    Ok(Values {
        code: request.code.to_string(),
        name: request.name.as_str().to_owned(),
        address: request.address.map(|address| address.as_str().to_owned()),
        city_id: request.city_id,
        country,
        latitude,
        longitude,
        timezone,
    })
}
