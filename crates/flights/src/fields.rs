//! Fields of requests, parsed where they come in. A message says the rule, not the value.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use service_kit::http::{
    page::DEFAULT_LIMIT,
    problem::{FieldError, Problem},
};
use validator::Validate;

use crate::currency::Currency;

/// `limit` and `cursor` of a list without filters.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl Paging {
    /// The most items of the page.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }
}

/// What a DELETE answers.
#[derive(Debug, Serialize)]
pub struct Deleted {
    /// Id of what is gone.
    pub id: i64,
}

/// Reads a field that may be absent but not null.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a field that may be absent, or null to clear it.
pub fn clearable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// The id of what a PUT changes, from the path and the body, where it is given; all must agree.
pub fn target(given: &[Option<i64>]) -> Result<i64, Problem> {
    let mut ids = given.iter().flatten();
    let missing = || Problem::field("id", "missing", "is required");
    let id = *ids.next().ok_or_else(missing)?;
    match ids.all(|other| *other == id) {
        true => Ok(id),
        false => Err(Problem::field(
            "id",
            "id",
            "must be the same wherever it is given",
        )),
    }
}

/// A body with none of its optional fields.
pub fn nothing_to_change(names: &str) -> Problem {
    let rule = format!("must have at least one of {names}");
    Problem::validation(vec![FieldError::new("body", "missing", rule)])
}

/// Types that are read from text, in JSON and in query strings.
macro_rules! read_from_text {
    ($($name:ty),+ $(,)?) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )+};
}
pub(crate) use read_from_text;

/// A line of text: trimmed, 1 to `MAX` characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let fits = (1..=MAX).contains(&text.chars().count());
        match fits && !text.chars().any(char::is_control) {
            true => Ok(Self(text.to_owned())),
            false => Err(format!("must be 1 to {MAX} characters on one line")),
        }
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Codes of fixed length.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $length:literal, $allowed:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let allowed: fn(u8) -> bool = $allowed;
                match text.len() == $length && text.bytes().all(allowed) {
                    true => Ok(Self(text.to_owned())),
                    false => Err($rule),
                }
            }
        }

        read_from_text!($name);
    };
}

code!(
    /// An airport's IATA code.
    AirportCode, 3, |byte| byte.is_ascii_uppercase(),
    "must be an IATA airport code: 3 capital letters"
);
code!(
    /// A country's ISO 3166-1 alpha-2 code.
    Country, 2, |byte| byte.is_ascii_uppercase(),
    "must be a country code: 2 capital letters"
);
code!(
    /// An airline's IATA designator.
    Designator, 2, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit(),
    "must be an airline designator: 2 capital letters or digits"
);

/// An airline designator, one to four digits, perhaps a letter: `AA100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlightNumber(String);

impl FlightNumber {
    /// The number with its designator.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The airline it names.
    pub fn designator(&self) -> &str {
        &self.0[..2]
    }
}

impl FromStr for FlightNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_airline = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let (airline, rest) = text.as_bytes().split_at_checked(2).unwrap_or_default();
        let digits = match rest {
            [digits @ .., suffix] if suffix.is_ascii_uppercase() => digits,
            digits => digits,
        };
        let number = (1..=4).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        match number && airline.iter().all(is_airline) {
            true => Ok(Self(text.to_owned())),
            false => Err("must be a flight number such as AA100"),
        }
    }
}

/// An instant written as RFC 3339, kept to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub DateTime<Utc>);

impl FromStr for Timestamp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .and_then(|time| DateTime::from_timestamp_micros(time.timestamp_micros()))
            .map(Self)
            .ok_or("must be a time of RFC 3339 such as 2026-12-24T08:00:00Z")
    }
}

/// A day written as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        day.filter(|_| shape)
            .map(Self)
            .ok_or("must be a day such as 2026-12-24")
    }
}

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(pub Tz);

impl FromStr for Zone {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|_| "must be an IANA time zone such as America/New_York")
    }
}

read_from_text!(FlightNumber, Timestamp, Day, Zone, Currency);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flight_numbers_follow_the_pattern() {
        for good in ["AA1", "AA1234", "3Y101", "9E12A", "B6725"] {
            assert!(good.parse::<FlightNumber>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "AA",
            "AAA",
            "aa100",
            "AA12345",
            "AA100AB",
            "A\u{e9}100",
            "AA 100",
            "AA-1",
        ] {
            assert!(bad.parse::<FlightNumber>().is_err(), "{bad}");
        }
        let number: FlightNumber = "3Y101".parse().expect("a number");
        assert_eq!(number.designator(), "3Y");
    }

    #[test]
    fn lines_are_trimmed_and_limited() {
        assert_eq!(
            "  S\u{e3}o Paulo "
                .parse::<Line<9>>()
                .expect("a line")
                .as_str(),
            "S\u{e3}o Paulo"
        );
        for bad in ["", "   ", "a\nb", "0123456789"] {
            assert!(bad.parse::<Line<9>>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn times_are_rfc_3339_only() {
        assert!("2026-12-24T08:00:00.5-05:00".parse::<Timestamp>().is_ok());
        for bad in [
            "2026-12-24",
            "2026-12-24T08:00:00",
            "24.12.2026 08:00",
            "tomorrow",
            "",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad:?}");
        }
    }
}
