//! `PATCH /api/v1/flight/{id}/seats`: how many seats are on sale.

use axum::extract::State;
use serde::{Deserialize, Deserializer, de::Error as _};
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
        reply::Reply,
    },
};
use validator::Validate;

use super::{Flight, store};
use crate::{
    AppState,
    airplanes::CAPACITY,
    error::{Error, Result},
    scope::Scope,
};

/// How many seats, and whether they go off sale (`dec`, the default, as in the original) or on.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[validate(range(min = 1, max = CAPACITY))]
    seats: i32,
    #[serde(default)]
    dec: Dec,
}

/// `true`, `false`, or 1 and 0 as the original's clients send them.
#[derive(Clone, Copy)]
struct Dec(bool);

impl Default for Dec {
    fn default() -> Self {
        Self(true)
    }
}

impl<'de> Deserialize<'de> for Dec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Flag(bool),
            Number(u8),
        }
        match Raw::deserialize(deserializer) {
            Ok(Raw::Flag(flag)) => Ok(Self(flag)),
            Ok(Raw::Number(number @ (0 | 1))) => Ok(Self(number == 1)),
            _ => Err(D::Error::custom("must be true or false")),
        }
    }
}

/// Changes how many seats are on sale, never below what is held or sold, never above what the
/// airplane has.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    Id(id): Id,
    ValidJson(request): ValidJson<Request>,
) -> Result<Reply<Flight>> {
    let airline = store::airline_of(&state.pool, id).await?;
    scope.require(Some(&airline.ok_or(Error::NotFound("flight"))?))?;
    db::retry(|| change(&state, id, &request)).await?;
    let flight = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Seats updated",
        flight.ok_or(Error::NotFound("flight"))?,
    ))
}

async fn change(state: &AppState, id: i64, request: &Request) -> Result<()> {
    match request.dec {
        Dec(true) => match store::take_off_sale(&state.pool, id, request.seats).await? {
            true => Ok(()),
            false => Err(Error::NoSeats),
        },
        Dec(false) => match store::put_on_sale(&state.pool, id, request.seats).await? {
            true => Ok(()),
            false => Err(Error::invalid("seats", "are more than the airplane has")),
        },
    }
}
