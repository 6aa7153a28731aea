//! Codes of requests and files: airports, countries, airlines, flight numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::fields::read_from_text;

/// Codes of fixed length.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $length:literal, $allowed:expr, $rule:literal, $schema:tt) => {
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

        read_from_text!($name $schema);
    };
}

code!(
    /// An airport's IATA code.
    AirportCode, 3, |byte| byte.is_ascii_uppercase(),
    "must be an IATA airport code: 3 capital letters",
    {"pattern": "^[A-Z]{3}$", "examples": ["JFK"]}
);
code!(
    /// A country's ISO 3166-1 alpha-2 code.
    Country, 2, |byte| byte.is_ascii_uppercase(),
    "must be a country code: 2 capital letters",
    {"pattern": "^[A-Z]{2}$", "examples": ["US"]}
);
code!(
    /// An airline's IATA designator.
    Designator, 2, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit(),
    "must be an airline designator: 2 capital letters or digits",
    {"pattern": "^[A-Z0-9]{2}$", "examples": ["AA"]}
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

read_from_text! {
    FlightNumber {"pattern": "^[A-Z0-9]{2}[0-9]{1,4}[A-Z]?$", "examples": ["AA100"]},
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::tests::examples_are_read;

    #[test]
    fn the_documents_examples_are_good() {
        examples_are_read::<AirportCode>();
        examples_are_read::<Country>();
        examples_are_read::<Designator>();
        examples_are_read::<FlightNumber>();
    }

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
}
