//! Fields of requests, parsed where they come in. A message says the rule, not the value.

mod given;

use std::{borrow::Cow, str::FromStr};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use service_kit::http::{
    page::DEFAULT_LIMIT,
    problem::{FieldError, Problem},
};
use validator::Validate;

use crate::currency::Currency;
pub use given::Given;

/// `limit` and `cursor` of a list without filters.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The most items of the page; 20 unless it is given.
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// `page.next` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    /// The most items of the page.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }
}

/// What a DELETE answers.
#[derive(Debug, JsonSchema, Serialize)]
pub struct Deleted {
    /// Id of what is gone.
    pub id: i64,
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
pub fn nothing_to_change(names: &[&str]) -> Problem {
    let rule = format!("must have at least one of {}", names.join(", "));
    Problem::validation(vec![FieldError::new("body", "missing", rule)])
}

/// Types that are read from text, in JSON and in query strings, each with its JSON schema beyond
/// `"type": "string"`.
macro_rules! read_from_text {
    ($($name:ident $schema:tt),+ $(,)?) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = schemars::json_schema!($schema);
                schema.insert("type".to_owned(), "string".into());
                schema
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

impl<const MAX: usize> JsonSchema for Line<MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Line".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "minLength": 1, "maxLength": MAX, "pattern": "^[^\\x00-\\x1F\\x7F-\\x9F]+$",
        })
    }
}

/// Whether a year is of the calendar's that columns and comparisons can have, with days to spare.
pub fn is_of_calendar(date: &impl Datelike) -> bool {
    (1900..=9998).contains(&date.year())
}

/// An instant written as RFC 3339, kept to the microsecond, in the years 1900 to 9998.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub DateTime<Utc>);

impl FromStr for Timestamp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .and_then(|time| DateTime::from_timestamp_micros(time.timestamp_micros()))
            .filter(is_of_calendar)
            .map(Self)
            .ok_or("must be a time of RFC 3339 such as 2026-12-24T08:00:00Z")
    }
}

/// A day written as `YYYY-MM-DD`, in the years 1900 to 9998.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        day.filter(|day| shape && is_of_calendar(day))
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

read_from_text! {
    Timestamp {"format": "date-time", "examples": ["2026-12-24T08:00:00Z"]},
    Day {"format": "date", "examples": ["2026-12-24"]},
    Zone {"examples": ["America/New_York"]},
    Currency {"pattern": "^[A-Z]{3}$", "examples": ["USD"]},
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What the document gives as examples of a `T` can be read as one.
    pub fn examples_are_read<T: FromStr<Err: std::fmt::Debug> + JsonSchema>() {
        let schema = T::json_schema(&mut SchemaGenerator::default());
        let examples = schema.get("examples").and_then(|it| it.as_array());
        let examples = examples.expect("examples");
        assert!(!examples.is_empty());
        for example in examples {
            let text = example.as_str().expect("text");
            assert!(text.parse::<T>().is_ok(), "{text}");
        }
    }

    #[test]
    fn the_documents_examples_are_good() {
        examples_are_read::<Timestamp>();
        examples_are_read::<Day>();
        examples_are_read::<Zone>();
        examples_are_read::<Currency>();
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

    #[test]
    fn times_and_days_are_of_years_that_the_database_knows() {
        for (good, bad) in [
            ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00+00:01"),
            ("9998-12-31T23:59:59Z", "9998-12-31T23:59:59-00:01"),
        ] {
            assert!(good.parse::<Timestamp>().is_ok(), "{good}");
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
        for (good, bad) in [("1900-01-01", "1899-12-31"), ("9998-12-31", "9999-01-01")] {
            assert!(good.parse::<Day>().is_ok(), "{good}");
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }
}
