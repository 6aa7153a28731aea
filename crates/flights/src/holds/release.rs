//! `DELETE /internal/v1/holds/{holdId}`: gives back exactly what the hold took, once.

use axum::{Json, extract};
use contracts::holds::Hold;
use service_kit::db::{self, Failing};
use sqlx::MySqlPool;

use super::{State, id::HoldId, store};
use crate::{AppState, error::Result};

/// Gives the seats back. Of an unknown hold it writes a tombstone, so that a PUT that is still on
/// its way takes none.
pub async fn handler(
    extract::State(state): extract::State<AppState>,
    id: HoldId,
) -> Result<Json<Hold>> {
    while !released(&state.pool, &id).await? {}
    Ok(Json(
        store::stored(&state.pool, &id, State::Released).await?,
    ))
}

/// Whether the hold is released now. Not so if a PUT took the id between the two statements:
/// what it took is there to be given back then.
async fn released(pool: &MySqlPool, id: &HoldId) -> Result<bool> {
    match db::retry(|| release(pool, id)).await {
        Err(error) if error.database().is_some_and(db::is_duplicate) => {
            Ok(store::state(pool, id).await? == Some(State::Released))
        }
        outcome => outcome.map(|()| true),
    }
}

async fn release(pool: &MySqlPool, id: &HoldId) -> Result<()> {
    let mut transaction = pool.begin().await?;
    if store::release(&mut transaction, id).await? {
        for item in store::items(&mut transaction, id).await? {
            store::give_back(&mut transaction, item).await?;
        }
    } else {
        store::insert(&mut transaction, id, State::Released).await?;
    }
    transaction.commit().await?;
    Ok(())
}
