//! The body of `POST /booking`, and the itinerary that it asks for.

use std::collections::HashSet;

use axum::http::StatusCode;
use contracts::holds::{Hold, HoldItem, HoldRequest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use service_kit::http::problem::Problem;
use sqlx::types::Json;
use validator::{Validate, ValidationError};

use super::{PassengerType, store::ItemRow};

/// Seats of one flight that one booking may take.
const MAX_SEATS: u32 = 9;

/// What a client sends: one flight as in the original, or several as `items`.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBooking {
    /// The flight, unless there are `items`.
    #[validate(range(min = 1))]
    flight_id: Option<i64>,
    /// Seats on it; 1 unless it is given.
    #[validate(range(min = 1, max = 9))]
    no_of_seats: Option<u32>,
    /// Several flights instead, none twice, all in one currency.
    #[validate(length(min = 1, max = 6), nested)]
    items: Option<Vec<RequestedItem>>,
    /// As many with a seat as the largest `noOfSeats`, an adult for each infant.
    #[validate(length(min = 1, max = 18), nested)]
    passengers: Option<Vec<Passenger>>,
    /// Ignored: clients of the original send it. Who books is who signed in.
    #[serde(rename = "userId")]
    #[schemars(with = "Option<serde_json::Value>", extend("deprecated" = true))]
    _user_id: Option<IgnoredAny>,
}

/// Seats on one flight.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestedItem {
    /// The flight.
    #[validate(range(min = 1))]
    pub flight_id: i64,
    /// Seats on it.
    #[validate(range(min = 1, max = 9))]
    #[serde(default = "one")]
    pub no_of_seats: u32,
}

fn one() -> u32 {
    1
}

/// Somebody who flies.
#[derive(
    Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize, Validate, sqlx::FromRow,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[sqlx(rename_all = "camelCase")]
pub struct Passenger {
    /// Given name as in the travel document.
    #[validate(length(min = 1, max = 100), custom(function = "is_name"))]
    pub given_name: String,
    /// Surname as in the travel document.
    #[validate(length(min = 1, max = 100), custom(function = "is_name"))]
    pub surname: String,
    /// Adult, child or infant.
    #[sqlx(rename = "type")]
    pub r#type: PassengerType,
}

fn is_name(name: &str) -> Result<(), ValidationError> {
    match name.trim().is_empty() || name.chars().any(char::is_control) {
        true => Err(ValidationError::new("name").with_message("must be a name".into())),
        false => Ok(()),
    }
}

/// What is to be booked: 1-6 flights, no flight twice.
#[derive(Debug, Serialize)]
pub struct Itinerary {
    /// In the order of the request.
    pub items: Vec<RequestedItem>,
    /// Empty when an old client names none.
    pub passengers: Vec<Passenger>,
}

impl TryFrom<CreateBooking> for Itinerary {
    type Error = Problem;

    fn try_from(request: CreateBooking) -> Result<Self, Problem> {
        let items = match (request.flight_id, request.items) {
            (Some(flight_id), None) => {
                vec![RequestedItem {
                    flight_id,
                    no_of_seats: request.no_of_seats.unwrap_or(1),
                }]
            }
            (None, Some(_)) if request.no_of_seats.is_some() => {
                return Err(Problem::field("noOfSeats", "conflict", "is given in items"));
            }
            (None, Some(items)) => items,
            (Some(_), Some(_)) => {
                return Err(Problem::field(
                    "items",
                    "conflict",
                    "give flightId or items, not both",
                ));
            }
            (None, None) => return Err(Problem::field("flightId", "missing", "is required")),
        };
        let mut flights = HashSet::new();
        if !items.iter().all(|item| flights.insert(item.flight_id)) {
            return Err(duplicate_flight());
        }
        let passengers = request.passengers.unwrap_or_default();
        check_passengers(&items, &passengers)?;
        Ok(Self { items, passengers })
    }
}

/// 422 for a flight that is there twice.
pub fn duplicate_flight() -> Problem {
    let detail = "A flight is there twice: ask for all its seats in one item";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "DUPLICATE_FLIGHT", detail)
}

/// As many with a seat as seats were asked for, and an adult's lap for each infant.
fn check_passengers(items: &[RequestedItem], passengers: &[Passenger]) -> Result<(), Problem> {
    if passengers.is_empty() {
        return Ok(());
    }
    let count = |kind| {
        passengers
            .iter()
            .filter(|passenger| passenger.r#type == kind)
            .count()
    };
    let adults = count(PassengerType::Adult);
    let seated = adults + count(PassengerType::Child);
    let seats = items
        .iter()
        .map(|item| item.no_of_seats)
        .max()
        .unwrap_or(MAX_SEATS) as usize;
    if seated != seats {
        let rule = format!("must be {seats} with a seat (ADULT or CHILD), one for each seat");
        return Err(Problem::field("passengers", "count", rule));
    }
    if count(PassengerType::Infant) > adults {
        return Err(Problem::field(
            "passengers",
            "infants",
            "need an adult each",
        ));
    }
    Ok(())
}

impl Itinerary {
    /// The flights as the hold pinned them, in the order of the request.
    pub fn held(&self, hold: &Hold) -> Vec<ItemRow> {
        let of = |flight: i64| hold.items.iter().find(|held| held.flight_id == flight);
        let items = self.items.iter().map(|item| {
            let held = of(item.flight_id);
            ItemRow {
                flight_id: item.flight_id,
                no_of_seats: item.no_of_seats,
                unit_price: held.map(|held| held.unit_price),
                flight: held.map(|held| Json(held.flight.clone())),
            }
        });
        items.collect()
    }

    /// The same, as flights is asked for it.
    pub fn hold_request(&self) -> HoldRequest {
        let items = self.items.iter();
        HoldRequest {
            items: items
                .map(|item| HoldItem {
                    flight_id: item.flight_id,
                    seats: item.no_of_seats,
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use service_kit::http::extract::parse_json;

    use super::*;

    fn itinerary(json: &str) -> Result<Itinerary, Problem> {
        parse_json::<CreateBooking>(json.as_bytes()).and_then(Itinerary::try_from)
    }

    fn field_at_fault(json: &str) -> String {
        itinerary(json).expect_err("bad input").errors()[0]
            .field
            .clone()
    }

    #[test]
    fn the_originals_body_asks_for_one_seat_unless_it_says() {
        let items = itinerary(r#"{"flightId":7,"userId":99}"#)
            .expect("good")
            .items;
        assert_eq!((items[0].flight_id, items[0].no_of_seats), (7, 1));
    }

    #[test]
    fn bad_input_names_the_field() {
        assert_eq!(field_at_fault("{}"), "flightId");
        assert_eq!(field_at_fault(r#"{"flightId":0}"#), "flightId");
        assert_eq!(
            field_at_fault(r#"{"flightId":1,"noOfSeats":0}"#),
            "noOfSeats"
        );
        assert_eq!(
            field_at_fault(r#"{"flightId":1,"noOfSeats":1.5}"#),
            "noOfSeats"
        );
        assert_eq!(
            field_at_fault(r#"{"flightId":1,"noOfSeats":true}"#),
            "noOfSeats"
        );
        assert_eq!(
            field_at_fault(r#"{"flightId":1,"totalCost":1}"#),
            "totalCost"
        );
        assert_eq!(field_at_fault(r#"{"items":[]}"#), "items");
        assert_eq!(
            field_at_fault(r#"{"flightId":1,"items":[{"flightId":1}]}"#),
            "items"
        );
        assert_eq!(
            field_at_fault(r#"{"items":[{"flightId":1,"noOfSeats":10}]}"#),
            "items[0].noOfSeats"
        );
        let nobody =
            r#"{"flightId":1,"passengers":[{"givenName":"A","surname":"B","type":"INFANT"}]}"#;
        assert_eq!(field_at_fault(nobody), "passengers");
        let control = "{\"flightId\":1,\"passengers\":[{\"givenName\":\"A\\n\",\"surname\":\"B\",\"type\":\"ADULT\"}]}";
        assert_eq!(field_at_fault(control), "passengers[0].givenName");
    }

    #[test]
    fn a_flight_twice_is_refused_before_anything_is_written() {
        let twice = r#"{"items":[{"flightId":1},{"flightId":1}]}"#;
        assert_eq!(
            itinerary(twice).expect_err("twice").code(),
            "DUPLICATE_FLIGHT"
        );
    }
}
