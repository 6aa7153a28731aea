//! The parameters of a search.

use std::str::FromStr;

use chrono::{Duration, NaiveDate, NaiveTime};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use sqlx::{MySql, QueryBuilder};
use validator::{Validate, ValidationError};

use super::sort::Sort;
use crate::{
    codes::{AirportCode, Designator},
    currency::Currency,
    fields::{Day, Timestamp, read_from_text},
};

/// What to search for. Without any filter: all flights that have not departed.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(schema(function = "times_in_order"))]
pub struct Filter {
    /// From which airport to which: two IATA codes, `JFK-LAX`.
    trips: Option<Route>,
    /// The price of a seat in minor units, both included: `100-50000`; `100-` is open.
    price: Option<PriceRange>,
    /// At least this many free seats.
    #[validate(range(min = 1, max = 1000))]
    travellers: Option<u32>,
    /// The local day of departure.
    tripdate: Option<Day>,
    /// The airline that sells it.
    airline: Option<Designator>,
    /// What it is sold in.
    currency: Option<Currency>,
    /// Departures at this instant or later.
    departure_from: Option<Timestamp>,
    /// Departures at this instant or earlier.
    departure_to: Option<Timestamp>,
    /// The order, for example `price_asc,departureTime_desc`; `departureTime_asc` unless it is
    /// given.
    pub sort: Option<Sort>,
    /// The most flights of the page; 20 unless it is given.
    #[validate(range(min = 1, max = 100))]
    pub limit: Option<u32>,
    /// `page.next` of the page before.
    pub cursor: Option<String>,
}

fn times_in_order(filter: &Filter) -> Result<(), ValidationError> {
    match (filter.departure_from, filter.departure_to) {
        (Some(from), Some(to)) if from > to => {
            let mut error = ValidationError::new("range");
            error.add_param("field".into(), &"departureTo");
            Err(error.with_message("must not be before departureFrom".into()))
        }
        _ => Ok(()),
    }
}

impl Filter {
    /// Whether it is for one route.
    pub fn has_route(&self) -> bool {
        self.trips.is_some()
    }

    /// Whether it is for a range of prices.
    pub fn has_price(&self) -> bool {
        self.price.is_some()
    }

    /// Whether it is for one day.
    pub fn has_date(&self) -> bool {
        self.tripdate.is_some()
    }

    /// Adds `WHERE` with what was asked for; flights that have departed never match.
    pub fn push_where(&self, query: &mut QueryBuilder<MySql>) {
        query.push(" WHERE f.departureTime > NOW(6)");
        if let Some(Route { from, to }) = &self.trips {
            query
                .push(" AND f.departureAirportId = ")
                .push_bind(from.to_string());
            query
                .push(" AND f.arrivalAirportId = ")
                .push_bind(to.to_string());
        }
        if let Some(Day(day)) = self.tripdate {
            query.push(" AND f.departureDate = ").push_bind(day);
            if self.trips.is_none() {
                push_day_in_utc(day, query);
            }
        }
        if let Some(price) = &self.price {
            query.push(" AND f.price >= ").push_bind(price.from);
            if let Some(to) = price.to {
                query.push(" AND f.price <= ").push_bind(to);
            }
        }
        if let Some(travellers) = self.travellers {
            query
                .push(" AND f.availableSeats >= ")
                .push_bind(travellers);
        }
        if let Some(airline) = &self.airline {
            query
                .push(" AND f.airline = ")
                .push_bind(airline.to_string());
        }
        if let Some(currency) = self.currency {
            query
                .push(" AND f.currency = ")
                .push_bind(currency.as_str());
        }
        if let Some(Timestamp(from)) = self.departure_from {
            query.push(" AND f.departureTime >= ").push_bind(from);
        }
        if let Some(Timestamp(to)) = self.departure_to {
            query.push(" AND f.departureTime <= ").push_bind(to);
        }
    }
}

/// The instants that a local day can have, from UTC+14 to UTC-12: without a route, the index by
/// time finds the day.
fn push_day_in_utc(day: NaiveDate, query: &mut QueryBuilder<MySql>) {
    let midnight = day.and_time(NaiveTime::MIN);
    query
        .push(" AND f.departureTime >= ")
        .push_bind(midnight - Duration::hours(14));
    query
        .push(" AND f.departureTime < ")
        .push_bind(midnight + Duration::hours(36));
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Route {
    from: AirportCode,
    to: AirportCode,
}

impl FromStr for Route {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let codes = text.split_once('-');
        let codes = codes.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        match codes {
            Some((from, to)) if from != to => Ok(Self { from, to }),
            _ => Err("must be two airport codes such as JFK-LAX"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct PriceRange {
    from: i64,
    to: Option<i64>,
}

impl FromStr for PriceRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rule = "must be a range of minor units such as 100-50000 or 100-";
        let (from, to) = text.split_once('-').ok_or(rule)?;
        let from = whole(from).ok_or(rule)?;
        let to = match to {
            "" => None,
            to => Some(whole(to).filter(|to| *to >= from).ok_or(rule)?),
        };
        Ok(Self { from, to })
    }
}

fn whole(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

read_from_text! {
    Route {"pattern": "^[A-Z]{3}-[A-Z]{3}$", "examples": ["JFK-LAX"]},
    PriceRange {"pattern": "^[0-9]+-[0-9]*$", "examples": ["100-50000"]},
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::tests::examples_are_read;

    #[test]
    fn the_documents_examples_are_good() {
        examples_are_read::<Route>();
        examples_are_read::<PriceRange>();
        examples_are_read::<Sort>();
    }

    #[test]
    fn routes_prices_and_days_are_strict() {
        assert!("JFK-LAX".parse::<Route>().is_ok());
        for bad in [
            "JFK",
            "JFK-",
            "-LAX",
            "JFK-JFK",
            "jfk-lax",
            "JFK-LAX-SFO",
            "JFKLAX",
            "",
        ] {
            assert!(bad.parse::<Route>().is_err(), "{bad:?}");
        }
        let open = PriceRange {
            from: 100,
            to: None,
        };
        assert_eq!("100-".parse(), Ok(open));
        assert!("0-0".parse::<PriceRange>().is_ok());
        for bad in [
            "",
            "-",
            "100",
            "-5",
            "5-4",
            "1.5-3",
            "1-2-3",
            "a-b",
            "99999999999999999999-",
        ] {
            assert!(bad.parse::<PriceRange>().is_err(), "{bad:?}");
        }
        assert!("2028-02-29".parse::<Day>().is_ok());
        for bad in [
            "2026-02-29",
            "2026-2-3",
            "24.12.2026",
            "+2026-12-24",
            "2026-12-24T00",
            "",
        ] {
            assert!(bad.parse::<Day>().is_err(), "{bad:?}");
        }
    }
}
