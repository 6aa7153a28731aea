//! `PATCH /api/v1/flight/{id}/seats`: how many seats are on sale.

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
        openapi::Operation,
        reply::Reply,
    },
};
use sqlx::MySqlPool;
use validator::Validate;

use super::{Flight, store};
use crate::{
    AppState,
    airplanes::CAPACITY,
    error::{Error, Result},
    scope::Scope,
};

/// How many seats, and whether they go off sale (`dec`, the default, as in the original) or on.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangeSeats {
    /// How many seats.
    #[validate(range(min = 1, max = CAPACITY))]
    seats: i32,
    /// Whether they go off sale, `true` unless it is given; 1 and 0 are the same.
    #[serde(default)]
    #[schemars(with = "bool", extend("enum" = [true, false, 1, 0], "type" = ["boolean", "integer"]))]
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

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new(
        "changeSeats",
        "Take seats of a flight off sale, or put some on sale",
    )
    .more("Never below what is held or sold, never above what the airplane has.")
    .refuses(Error::NoSeats)
}

/// Changes how many seats are on sale, never below what is held or sold, never above what the
/// airplane has.
pub async fn handler(
    State(state): State<AppState>,
    scope: Scope,
    Id(id): Id,
    ValidJson(request): ValidJson<ChangeSeats>,
) -> Result<Reply<Flight>> {
    let airline = store::airline_of(&state.pool, id).await?;
    scope.require(Some(&airline.ok_or(Error::NotFound("flight"))?))?;
    match request.dec {
        Dec(true) => db::retry(|| decrease(&state.pool, id, request.seats)).await?,
        Dec(false) => db::retry(|| increase(&state.pool, id, request.seats)).await?,
    }
    let flight = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "Seats updated",
        flight.ok_or(Error::NotFound("flight"))?,
    ))
}

async fn decrease(pool: &MySqlPool, id: i64, seats: i32) -> Result<()> {
    if store::take_off_sale(pool, id, seats).await? {
        return Ok(());
    }
    match store::airline_of(pool, id).await? {
        Some(_) => Err(Error::NoSeats),
        None => Err(Error::NotFound("flight")),
    }
}

async fn increase(pool: &MySqlPool, id: i64, seats: i32) -> Result<()> {
    let mut transaction = pool.begin().await?;
    let capacity = store::capacity_for_update(&mut transaction, id).await?;
    let capacity = capacity.ok_or(Error::NotFound("flight"))?;
    if !store::put_on_sale(&mut transaction, id, seats, capacity).await? {
        return Err(Error::invalid("seats", "are more than the airplane has"));
    }
    transaction.commit().await?;
    Ok(())
}
