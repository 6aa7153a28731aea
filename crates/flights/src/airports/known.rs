//! The bundled table of airports with IATA codes (`data/iata/airports.csv`).

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

/// An airport as the table knows it.
#[derive(Clone, Debug, Deserialize)]
pub struct KnownAirport {
    /// IATA code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The city it serves.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// IANA time zone.
    pub timezone: String,
}

static TABLE: LazyLock<HashMap<String, KnownAirport>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_bytes!("../../../../data/iata/airports.csv").as_slice())
        .deserialize()
        .map(|row| row.expect("invariant: the bundled table is good"))
        .map(|airport: KnownAirport| (airport.code.clone(), airport))
        .collect()
});

/// The airport with this IATA code.
pub fn by_code(code: &str) -> Option<&'static KnownAirport> {
    TABLE.get(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_airport_of_the_table_has_a_zone_and_a_place() {
        assert!(TABLE.len() > 7_000);
        for airport in TABLE.values() {
            assert!(
                airport.timezone.parse::<chrono_tz::Tz>().is_ok(),
                "{}",
                airport.code
            );
            assert!(airport.latitude.abs() <= 90.0 && airport.longitude.abs() <= 180.0);
            assert!(!airport.city.is_empty() && airport.country.len() == 2);
        }
    }

    #[test]
    fn kathmandu_is_known() {
        let airport = by_code("KTM").expect("known");
        assert_eq!(airport.timezone, "Asia/Kathmandu");
        assert!(by_code("ZZZ").is_none());
    }
}
