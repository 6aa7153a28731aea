//! `sort=price_asc,departureTime_desc`, and the page position under it.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use service_kit::http::problem::Problem;
use sqlx::{MySql, QueryBuilder};

use super::row::FlightRow;
use crate::fields::{is_of_calendar, read_from_text};

/// What flights can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Price,
    DepartureTime,
    ArrivalTime,
    FlightNumber,
    TotalSeats,
    AvailableSeats,
}

const FIELDS: [Field; 6] = [
    Field::Price,
    Field::DepartureTime,
    Field::ArrivalTime,
    Field::FlightNumber,
    Field::TotalSeats,
    Field::AvailableSeats,
];

/// One field or more with their directions.
const PATTERN: &str = "^(price|departureTime|arrivalTime|flightNumber|totalSeats|availableSeats)_\
    (asc|desc)(,(price|departureTime|arrivalTime|flightNumber|totalSeats|availableSeats)_\
    (asc|desc))*$";

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::DepartureTime => "departureTime",
            Self::ArrivalTime => "arrivalTime",
            Self::FlightNumber => "flightNumber",
            Self::TotalSeats => "totalSeats",
            Self::AvailableSeats => "availableSeats",
        }
    }

    fn value(self, row: &FlightRow) -> Value {
        match self {
            Self::Price => Value::Number(row.price),
            Self::DepartureTime => Value::Time(row.departure_time),
            Self::ArrivalTime => Value::Time(row.arrival_time),
            Self::FlightNumber => Value::Text(row.flight_number.clone()),
            Self::TotalSeats => Value::Number(row.total_seats.into()),
            Self::AvailableSeats => Value::Number(row.available_seats.into()),
        }
    }

    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Price | Self::TotalSeats | Self::AvailableSeats => {
                matches!(value, Value::Number(_))
            }
            Self::DepartureTime | Self::ArrivalTime => {
                matches!(value, Value::Time(time) if is_of_calendar(time))
            }
            Self::FlightNumber => matches!(value, Value::Text(text) if text.is_ascii()),
        }
    }
}

/// A field with its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    field: Field,
    descending: bool,
}

impl Key {
    fn direction(self) -> &'static str {
        if self.descending { " DESC" } else { " ASC" }
    }

    fn beyond(self) -> &'static str {
        if self.descending { " < " } else { " > " }
    }
}

/// The order of a search. The id comes last, in the direction of the key before it, so that an
/// index serves both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort(Vec<Key>);

impl Default for Sort {
    fn default() -> Self {
        Self(vec![Key {
            field: Field::DepartureTime,
            descending: false,
        }])
    }
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = FIELDS.map(Field::name).join(", ");
        let rule = || format!("must be like price_asc,departureTime_desc with fields of {names}");
        let mut keys: Vec<Key> = vec![];
        for part in text.split(',') {
            let (name, direction) = part.split_once('_').ok_or_else(rule)?;
            let descending = match direction.to_ascii_lowercase().as_str() {
                "asc" => false,
                "desc" => true,
                _ => return Err(rule()),
            };
            let field = FIELDS.into_iter().find(|field| field.name() == name);
            let field = field.ok_or_else(rule)?;
            if keys.iter().any(|key| key.field == field) {
                return Err(format!("names {name} twice"));
            }
            keys.push(Key { field, descending });
        }
        Ok(Self(keys))
    }
}

read_from_text! {
    Sort {"pattern": PATTERN, "examples": ["price_asc,departureTime_desc"]},
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.0.iter();
        let keys = keys.map(|key| key.field.name().to_owned() + &key.direction().to_lowercase());
        f.write_str(&keys.collect::<Vec<_>>().join(","))
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Value {
    #[serde(rename = "n")]
    Number(i64),
    #[serde(rename = "t")]
    Time(DateTime<Utc>),
    #[serde(rename = "s")]
    Text(String),
}

impl Value {
    fn bind(&self, query: &mut QueryBuilder<MySql>) {
        match self {
            Self::Number(number) => query.push_bind(*number),
            Self::Time(time) => query.push_bind(*time),
            Self::Text(text) => query.push_bind(text.clone()),
        };
    }
}

/// The last flight of a page: its sort key, and the sort it belongs to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Position {
    sort: String,
    values: Vec<Value>,
    id: i64,
}

impl Sort {
    /// The position of a flight.
    pub fn position(&self, row: &FlightRow) -> Position {
        Position {
            sort: self.to_string(),
            values: self.0.iter().map(|key| key.field.value(row)).collect(),
            id: row.id,
        }
    }

    /// Refuses a position of another sort.
    pub fn check(&self, position: &Position) -> Result<(), Problem> {
        let mut fields = self.0.iter().zip(&position.values);
        let fits = position.sort == self.to_string()
            && position.values.len() == self.0.len()
            && fields.all(|(key, value)| key.field.takes(value));
        match fits {
            true => Ok(()),
            false => Err(Problem::field(
                "cursor",
                "cursor",
                "is not a cursor of this list",
            )),
        }
    }

    /// Lets an index by arrival begin after the flights that have departed and arrived.
    pub fn push_start(&self, query: &mut QueryBuilder<MySql>) {
        if self.0[0].field == Field::ArrivalTime {
            query.push(" AND f.arrivalTime > NOW(6)");
        }
    }

    /// Adds `AND (what comes after the position)`.
    pub fn push_after(&self, position: &Position, query: &mut QueryBuilder<MySql>) {
        query.push(" AND (");
        for end in 0..=self.0.len() {
            if end > 0 {
                query.push(" OR ");
            }
            query.push("(");
            for (key, value) in self.0.iter().zip(&position.values).take(end) {
                query.push("f.").push(key.field.name()).push(" = ");
                value.bind(query);
                query.push(" AND ");
            }
            match self.0.get(end) {
                Some(key) => {
                    query.push("f.").push(key.field.name()).push(key.beyond());
                    position.values[end].bind(query);
                }
                None => {
                    query.push("f.id").push(self.last().beyond());
                    query.push_bind(position.id);
                }
            }
            query.push(")");
        }
        query.push(")");
    }

    /// Adds `ORDER BY`.
    pub fn push_order(&self, query: &mut QueryBuilder<MySql>) {
        query.push(" ORDER BY ");
        for key in &self.0 {
            query
                .push("f.")
                .push(key.field.name())
                .push(key.direction())
                .push(", ");
        }
        query.push("f.id").push(self.last().direction());
    }

    fn last(&self) -> Key {
        *self.0.last().expect("invariant: a sort has a key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sort_reads_and_writes() {
        let sort: Sort = "price_asc,departureTime_DESC".parse().expect("a sort");
        assert_eq!(sort.to_string(), "price asc,departureTime desc");
        for bad in [
            "",
            "price",
            "price_up",
            "gate_asc",
            "price_asc,",
            "price_asc,price_desc",
            "_asc",
        ] {
            assert!(bad.parse::<Sort>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_position_continues_in_the_direction_of_its_sort() {
        let sort: Sort = "price_desc,departureTime_asc".parse().expect("a sort");
        let position = Position {
            sort: sort.to_string(),
            values: vec![Value::Number(5), Value::Time(DateTime::UNIX_EPOCH)],
            id: 7,
        };
        sort.check(&position).expect("its own position");
        assert!(Sort::default().check(&position).is_err());
        let mut query = QueryBuilder::new("");
        sort.push_after(&position, &mut query);
        sort.push_order(&mut query);
        let sql = query.sql();
        assert_eq!(
            sql.as_str(),
            " AND ((f.price < ?) OR (f.price = ? AND f.departureTime > ?) \
             OR (f.price = ? AND f.departureTime = ? AND f.id > ?)) \
             ORDER BY f.price DESC, f.departureTime ASC, f.id ASC"
        );
    }
}
