//! A flight that is to be written.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::ground::Ground;
use crate::{
    codes::{AirportCode, FlightNumber},
    currency::Currency,
    zones,
};

/// On the ground between a flight and its return leg.
const TURNAROUND_MINUTES: i64 = 60;

/// A flight with its instants.
#[derive(Clone, Debug)]
pub struct Leg {
    /// Designator and number.
    pub flight_number: FlightNumber,
    /// Where it departs.
    pub origin: AirportCode,
    /// Where it arrives.
    pub destination: AirportCode,
    /// The airplane.
    pub airplane_id: i64,
    /// UTC.
    pub departure: DateTime<Utc>,
    /// UTC.
    pub arrival: DateTime<Utc>,
    /// Local day of departure.
    pub day: NaiveDate,
    /// On sale.
    pub seats: i64,
    /// Minor units.
    pub price: i64,
    /// Of the price.
    pub currency: Currency,
}

impl Leg {
    /// Where it departs and where it arrives.
    pub fn airports(&self) -> [&AirportCode; 2] {
        [&self.origin, &self.destination]
    }

    /// The same flight back, an hour after its arrival.
    pub fn mirrored(&self, ground: &Ground) -> Self {
        let departure = self.arrival + Duration::minutes(TURNAROUND_MINUTES);
        Self {
            origin: self.destination.clone(),
            destination: self.origin.clone(),
            departure,
            arrival: departure + (self.arrival - self.departure),
            day: zones::local_date(departure, ground.zone(&self.destination)),
            ..self.clone()
        }
    }
}

/// Departure, and the first moment after it at which the clock at the destination shows the time
/// of arrival: across the date line that can be the local day before.
pub fn times(
    day: NaiveDate,
    departs: (NaiveTime, Tz),
    arrives: (NaiveTime, Tz),
) -> (DateTime<Utc>, DateTime<Utc>) {
    let departure = zones::instant(day.and_time(departs.0), departs.1);
    let arrival = (-1..=2)
        .map(|days| day + Duration::days(days))
        .flat_map(|day| zones::instants(day.and_time(arrives.0), arrives.1))
        .find(|arrival| *arrival > departure)
        .expect("invariant: zones are less than two days apart");
    (departure, arrival)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(day: &str, from: (&str, Tz), to: (&str, Tz)) -> [String; 2] {
        let time = |text: &str| text.parse::<NaiveTime>().expect("a time");
        let day = day.parse().expect("a day");
        let (departure, arrival) = times(day, (time(from.0), from.1), (time(to.0), to.1));
        [departure, arrival].map(|time| time.format("%m-%d %H:%M").to_string())
    }

    #[test]
    fn an_arrival_is_the_first_after_the_departure() {
        let (jfk, lax) = (Tz::America__New_York, Tz::America__Los_Angeles);
        let times = utc("2026-12-24", ("07:00:00", jfk), ("09:45:00", lax));
        assert_eq!(times, ["12-24 12:00", "12-24 17:45"]);
        let overnight = utc("2026-12-24", ("22:00:00", lax), ("06:10:00", jfk));
        assert_eq!(overnight, ["12-25 06:00", "12-25 11:10"]);
        let times = utc(
            "2026-12-22",
            ("09:00:00", Tz::Pacific__Apia),
            ("09:35:00", Tz::Pacific__Pago_Pago),
        );
        assert_eq!(times, ["12-21 20:00", "12-21 20:35"]);
    }

    #[test]
    fn an_arrival_in_the_hour_that_comes_twice_may_be_in_its_second_pass() {
        let jfk = Tz::America__New_York;
        let second = utc("2026-11-01", ("01:40:00", jfk), ("01:20:00", jfk));
        assert_eq!(second, ["11-01 05:40", "11-01 06:20"]);
        let first = utc("2026-11-01", ("00:50:00", jfk), ("01:20:00", jfk));
        assert_eq!(first, ["11-01 04:50", "11-01 05:20"]);
        let next_day = utc("2026-11-01", ("01:40:00", jfk), ("01:40:00", jfk));
        assert_eq!(next_day, ["11-01 05:40", "11-01 06:40"]);
    }
}
