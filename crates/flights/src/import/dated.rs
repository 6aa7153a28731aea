//! Dated flights in local time, as anybody may export them.

use std::{ops::RangeInclusive, path::Path};

use anyhow::Context;
use chrono::{Datelike, Duration, NaiveDate, NaiveTime};

use super::{
    ground::Ground,
    leg::{self, Leg},
    reference::{Files, Needs},
    table::{Row, Table},
};
use crate::{
    codes::{AirportCode, FlightNumber},
    currency::Currency,
    fields::Day,
    flights::PRICE,
};

const COLUMNS: &[&str] = &[
    "flightNumber",
    "origin",
    "destination",
    "departureDate",
    "departureTime",
    "arrivalTime",
    "aircraft",
    "seats",
    "price",
    "currency",
];

/// Of departures; others are slips of the pen.
const YEARS: RangeInclusive<i32> = 1990..=2200;

/// A line of the file.
pub struct Dated {
    flight_number: FlightNumber,
    origin: AirportCode,
    destination: AirportCode,
    day: NaiveDate,
    departs: NaiveTime,
    arrives: NaiveTime,
    aircraft: String,
    /// Empty in the file: all that the airplane has.
    seats: Option<i64>,
    price: i64,
    currency: Currency,
}

/// What a file holds, all of whose lines are good.
pub struct Survey {
    /// The first local day of departure.
    pub first_day: NaiveDate,
    /// What its flights refer to.
    pub needs: Needs,
}

/// Reads the whole file without writing anything.
pub fn survey(file: &Path, files: &Files) -> anyhow::Result<Survey> {
    let mut first_day = None;
    let mut needs = Needs::default();
    for row in Table::open(file, COLUMNS)?.rows() {
        let row = row?;
        let flight = parse(&row)?;
        needs.add(
            &row,
            &flight.flight_number,
            [&flight.origin, &flight.destination],
        )?;
        let capacity = files.capacity(&row, &flight.aircraft)?;
        if flight.seats.is_some_and(|seats| seats > capacity) {
            return Err(row.fault(
                "seats",
                format!("are more than the {capacity} of the aircraft"),
            ));
        }
        first_day = first_day.into_iter().chain([flight.day]).min();
    }
    let first_day = first_day.with_context(|| format!("{}: has no flights", file.display()))?;
    Ok(Survey { first_day, needs })
}

/// The lines of a file.
pub fn read(file: &Path) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Dated>>> {
    let rows = Table::open(file, COLUMNS)?.rows();
    Ok(rows.map(|row| parse(&row?)))
}

fn parse(row: &Row) -> anyhow::Result<Dated> {
    let seats = match row.text("seats") {
        "" => None,
        _ => Some(row.number("seats", 1, 1000)?),
    };
    let Day(day) = row.parse("departureDate")?;
    if !YEARS.contains(&day.year()) {
        let rule = format!("must be of the years {} to {}", YEARS.start(), YEARS.end());
        return Err(row.fault("departureDate", rule));
    }
    Ok(Dated {
        flight_number: row.parse("flightNumber")?,
        origin: row.parse("origin")?,
        destination: row.parse("destination")?,
        day,
        departs: clock_time(row, "departureTime")?,
        arrives: clock_time(row, "arrivalTime")?,
        aircraft: row.text("aircraft").to_owned(),
        seats,
        price: row.number("price", 1, PRICE)?,
        currency: row.parse("currency")?,
    })
}

/// `HH:MM` of a column.
pub fn clock_time(row: &Row, column: &'static str) -> anyhow::Result<NaiveTime> {
    let text = row.text(column);
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    time.filter(|_| text.len() == 5)
        .ok_or_else(|| row.fault(column, "must be a time such as 08:05"))
}

impl Dated {
    /// The flight, so many weeks later; its local times stay.
    pub fn leg(self, ground: &Ground, weeks: i64) -> Leg {
        let (from, to) = (ground.zone(&self.origin), ground.zone(&self.destination));
        let day = self.day + Duration::weeks(weeks);
        let (departure, arrival) = leg::times(day, (self.departs, from), (self.arrives, to));
        let (airplane_id, capacity) = ground.airplane(&self.aircraft);
        Leg {
            flight_number: self.flight_number,
            origin: self.origin,
            destination: self.destination,
            airplane_id,
            departure,
            arrival,
            day: crate::zones::local_date(departure, from),
            seats: self.seats.unwrap_or(capacity),
            price: self.price,
            currency: self.currency,
        }
    }
}
