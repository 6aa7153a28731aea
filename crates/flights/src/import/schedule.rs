//! The demo's weekly schedule in local time.

use std::path::Path;

use chrono::{DateTime, Datelike, Duration, NaiveTime, Utc};

use super::{
    dated::clock_time,
    ground::Ground,
    leg::{self, Leg},
    reference::{Files, Needs},
    table::{Row, Table},
};
use crate::{
    codes::{AirportCode, FlightNumber},
    currency::Currency,
    flights::PRICE,
    zones,
};

const COLUMNS: &[&str] = &[
    "flightNumber",
    "origin",
    "destination",
    "days",
    "departureTime",
    "arrivalTime",
    "aircraft",
    "price",
    "currency",
];

/// A flight that repeats every week.
pub struct Weekly {
    flight_number: FlightNumber,
    origin: AirportCode,
    destination: AirportCode,
    /// By number of days from Monday.
    days: [bool; 7],
    departs: NaiveTime,
    arrives: NaiveTime,
    aircraft: String,
    price: i64,
    currency: Currency,
}

/// Reads the whole schedule, and what its flights refer to.
pub fn read(file: &Path, files: &Files) -> anyhow::Result<(Vec<Weekly>, Needs)> {
    let mut needs = Needs::default();
    let mut flights = vec![];
    for row in Table::open(file, COLUMNS)?.rows() {
        let row = row?;
        let flight = parse(&row)?;
        needs.add(
            &row,
            &flight.flight_number,
            [&flight.origin, &flight.destination],
        )?;
        files.capacity(&row, &flight.aircraft)?;
        flights.push(flight);
    }
    Ok((flights, needs))
}

fn parse(row: &Row) -> anyhow::Result<Weekly> {
    Ok(Weekly {
        flight_number: row.parse("flightNumber")?,
        origin: row.parse("origin")?,
        destination: row.parse("destination")?,
        days: days(row.text("days"))
            .ok_or_else(|| row.fault("days", "must be days such as 1567, Monday is 1"))?,
        departs: clock_time(row, "departureTime")?,
        arrives: clock_time(row, "arrivalTime")?,
        aircraft: row.text("aircraft").to_owned(),
        price: row.number("price", 1, PRICE)?,
        currency: row.parse("currency")?,
    })
}

fn days(text: &str) -> Option<[bool; 7]> {
    let mut days = [false; 7];
    for digit in text.bytes() {
        let day = digit.checked_sub(b'1')?;
        let flies = days.get_mut(usize::from(day)).filter(|flies| !**flies)?;
        *flies = true;
    }
    days.contains(&true).then_some(days)
}

impl Weekly {
    /// Its flights on the next local days from today that are still ahead.
    pub fn legs(
        &self,
        ground: &Ground,
        now: DateTime<Utc>,
        days: u32,
    ) -> impl Iterator<Item = Leg> {
        let (from, to) = (ground.zone(&self.origin), ground.zone(&self.destination));
        let (airplane_id, seats) = ground.airplane(&self.aircraft);
        let today = zones::local_date(now, from);
        (0..i64::from(days))
            .map(move |days| today + Duration::days(days))
            .filter(|day| self.days[day.weekday().num_days_from_monday() as usize])
            .map(move |day| {
                (
                    day,
                    leg::times(day, (self.departs, from), (self.arrives, to)),
                )
            })
            .filter(move |(_, (departure, _))| *departure > now)
            .map(move |(_, (departure, arrival))| Leg {
                flight_number: self.flight_number.clone(),
                origin: self.origin.clone(),
                destination: self.destination.clone(),
                airplane_id,
                departure,
                arrival,
                day: zones::local_date(departure, from),
                seats,
                price: self.price,
                currency: self.currency,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week_start_on_monday() {
        assert_eq!(
            days("17"),
            Some([true, false, false, false, false, false, true])
        );
        for bad in ["", "0", "8", "11", "Mo", "1,2"] {
            assert!(days(bad).is_none(), "{bad:?}");
        }
    }
}
