//! Airports of the bundled table, with their cities.

use anyhow::Context;
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use crate::{
    airports::{
        known::{self, KnownAirport},
        store::{self, Values},
    },
    cities,
    codes::AirportCode,
};

/// Airports of one name that lie further apart than this serve different cities.
const SAME_CITY_KM: f64 = 150.0;

/// The time zone of an airport, which is made from the bundled table if it is not there.
pub async fn ensure_airport(db: &mut MySqlConnection, code: &AirportCode) -> anyhow::Result<Tz> {
    if let Some(zone) = crate::flights::store::zone_of(db, code.as_str()).await? {
        return Ok(crate::zones::named(&zone));
    }
    let airport = known::by_code(code.as_str()).context("invariant: the survey looked it up")?;
    let values = Values {
        code: airport.code.clone(),
        name: airport.name.clone(),
        address: None,
        city_id: ensure_city(db, airport).await?,
        country: airport.country.clone(),
        latitude: airport.latitude,
        longitude: airport.longitude,
        timezone: airport.timezone.clone(),
    };
    store::insert(db, &values).await?;
    Ok(crate::zones::named(&airport.timezone))
}

/// The city that an airport serves. Where a city of that name is too far away - Portland, Maine,
/// and Portland, Oregon - the airport's gets its code.
async fn ensure_city(db: &mut MySqlConnection, airport: &KnownAirport) -> anyhow::Result<i64> {
    let sql = "SELECT c.id, a.latitude, a.longitude \
        FROM Cities c LEFT JOIN Airport a ON a.cityId = c.id WHERE c.city = ?";
    let known: Vec<(i64, Option<f64>, Option<f64>)> = sqlx::query_as(sql)
        .bind(&airport.city)
        .fetch_all(&mut *db)
        .await?;
    let here = (airport.latitude, airport.longitude);
    let near = known.iter().find(|(_, latitude, longitude)| {
        latitude
            .zip(*longitude)
            .is_none_or(|there| km(here, there) <= SAME_CITY_KM)
    });
    match near {
        Some((id, ..)) => Ok(*id),
        None if known.is_empty() => Ok(cities::store::insert(db, &airport.city).await?),
        None => ensure_coded_city(db, airport).await,
    }
}

async fn ensure_coded_city(
    db: &mut MySqlConnection,
    airport: &KnownAirport,
) -> anyhow::Result<i64> {
    let name = format!("{} ({})", airport.city, airport.code);
    let known: Option<i64> = sqlx::query_scalar("SELECT id FROM Cities WHERE city = ?")
        .bind(&name)
        .fetch_optional(&mut *db)
        .await?;
    match known {
        Some(id) => Ok(id),
        None => Ok(cities::store::insert(db, &name).await?),
    }
}

/// The great-circle distance between two points in degrees.
fn km(here: (f64, f64), there: (f64, f64)) -> f64 {
    const EARTH_RADIUS_KM: f64 = 6371.0;
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let parallels = here.0.to_radians().cos() * there.0.to_radians().cos();
    let haversine = half(there.0 - here.0) + parallels * half(there.1 - here.1);
    2.0 * EARTH_RADIUS_KM * haversine.sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_globe() {
        let place = |code| {
            known::by_code(code)
                .map(|a| (a.latitude, a.longitude))
                .expect("known")
        };
        let distance = |from, to| km(place(from), place(to));
        assert!((3_970.0..3_990.0).contains(&distance("JFK", "LAX")));
        assert!(distance("JFK", "LGA") < SAME_CITY_KM);
        assert!(distance("PDX", "PWM") > SAME_CITY_KM);
    }
}
