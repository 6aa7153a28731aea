//! `PUT /internal/v1/holds/{holdId}`: takes seats, all or none.

use axum::{Json, extract, http::StatusCode};
use contracts::holds::{Hold, HoldItem};
use serde::{Deserialize, Serialize};
use service_kit::{db, http::extract::ValidJson};
use sqlx::{MySqlConnection, MySqlPool};
use validator::Validate;

use super::{State, id::HoldId, store};
use crate::{
    AppState,
    error::{Error, Result},
};

/// The seats to take: the body of `contracts::holds::HoldRequest`, with its rules.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[validate(length(min = 1, max = 6), nested)]
    items: Vec<Item>,
}

#[derive(Serialize, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Item {
    #[validate(range(min = 1))]
    flight_id: i64,
    #[validate(range(min = 1, max = 9))]
    seats: u32,
}

/// Takes the seats, 201, or says again what was taken, 200.
pub async fn handler(
    extract::State(state): extract::State<AppState>,
    id: HoldId,
    ValidJson(request): ValidJson<Request>,
) -> Result<(StatusCode, Json<Hold>)> {
    let items = in_lock_order(&request)?;
    match db::retry(|| take(&state.pool, &id, &items)).await {
        Ok(()) => {
            let hold = store::stored(&state.pool, &id, State::Held).await?;
            Ok((StatusCode::CREATED, Json(hold)))
        }
        Err(error) if db::Failing::database(&error).is_some_and(db::is_duplicate) => Ok((
            StatusCode::OK,
            Json(taken_before(&state.pool, &id, &items).await?),
        )),
        Err(error) => Err(error),
    }
}

fn in_lock_order(request: &Request) -> Result<Vec<HoldItem>> {
    let item = |item: &Item| HoldItem {
        flight_id: item.flight_id,
        seats: item.seats,
    };
    let mut items: Vec<HoldItem> = request.items.iter().map(item).collect();
    items.sort_by_key(|item| item.flight_id);
    let twice = items
        .windows(2)
        .any(|pair| pair[0].flight_id == pair[1].flight_id);
    if twice {
        return Err(Error::DuplicateFlight);
    }
    Ok(items)
}

async fn take(pool: &MySqlPool, id: &HoldId, items: &[HoldItem]) -> Result<()> {
    let mut transaction = pool.begin().await?;
    store::insert(&mut transaction, id, State::Held).await?;
    for item in items {
        if !store::take(&mut transaction, *item).await? {
            return Err(refusal(&mut transaction, item.flight_id).await?);
        }
    }
    for item in items {
        store::insert_item(&mut transaction, id, *item).await?;
    }
    if items.len() > 1 && store::currencies(&mut transaction, id).await? > 1 {
        return Err(Error::CurrencyMismatch);
    }
    transaction.commit().await?;
    Ok(())
}

async fn refusal(db: &mut MySqlConnection, flight_id: i64) -> Result<Error> {
    Ok(match store::has_departed(db, flight_id).await? {
        None => Error::InvalidFlight,
        Some(true) => Error::FlightDeparted,
        Some(false) => Error::NoSeats,
    })
}

async fn taken_before(pool: &MySqlPool, id: &HoldId, items: &[HoldItem]) -> Result<Hold> {
    let state = store::state(pool, id).await?;
    // Purged between the two statements: as gone as any released hold.
    let state = state.unwrap_or(State::Released);
    if state == State::Released {
        return Err(Error::Released);
    }
    let hold = store::stored(pool, id, state).await?;
    let stored = hold.items.iter().map(|item| (item.flight_id, item.seats));
    match stored.eq(items.iter().map(|item| (item.flight_id, item.seats))) {
        true => Ok(hold),
        false => Err(Error::HoldMismatch),
    }
}
