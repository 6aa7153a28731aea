//! The rules of a flight's times and places.

use chrono::{DateTime, Duration, Utc};

use crate::error::{Error, Result};

/// The longest flight, with its stops.
const LONGEST_HOURS: i64 = 48;
/// How far ahead a flight may be put on sale.
const HORIZON_DAYS: i64 = 3 * 366;

/// Refuses a departure that is past, or too far ahead.
pub fn check_departure(departure: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    if departure <= now {
        return Err(Error::invalid("departureTime", "must be ahead"));
    }
    if departure > now + Duration::days(HORIZON_DAYS) {
        return Err(Error::invalid("departureTime", "must be within 3 years"));
    }
    Ok(())
}

/// Refuses an arrival that is no flight's.
pub fn check_arrival(departure: DateTime<Utc>, arrival: DateTime<Utc>) -> Result<()> {
    if arrival <= departure {
        return Err(Error::invalid("arrivalTime", "must be after departureTime"));
    }
    if arrival > departure + Duration::hours(LONGEST_HOURS) {
        let rule = format!("must be within {LONGEST_HOURS} hours of departureTime");
        return Err(Error::invalid("arrivalTime", rule));
    }
    Ok(())
}

/// Refuses to sell more seats than the airplane has.
pub fn check_seats(field: &'static str, seats: i32, capacity: i32) -> Result<()> {
    match seats <= capacity {
        true => Ok(()),
        false => {
            let rule = format!("must leave at most {capacity} seats on sale, as the airplane has");
            Err(Error::invalid(field, rule))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flight_departs_ahead_and_arrives_within_two_days() {
        let now = DateTime::UNIX_EPOCH;
        let hours = |count| now + Duration::hours(count);
        assert!(check_departure(hours(1), now).is_ok());
        assert!(check_departure(hours(0), now).is_err());
        assert!(check_departure(hours(24 * 2000), now).is_err());
        assert!(check_arrival(hours(1), hours(49)).is_ok());
        assert!(check_arrival(hours(1), hours(1)).is_err());
        assert!(check_arrival(hours(1), hours(50)).is_err());
    }
}
