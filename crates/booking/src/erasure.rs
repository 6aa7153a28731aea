//! `POST /internal/v1/users/{id}/erasure`: blanks what is kept of a person, for the gateway.
//!
//! Nothing goes, since the books need it: bookings, amounts and states stay, without a name or an
//! address. It is refused while something is under way that needs them.

mod store;

use axum::{Json, extract::State};
use contracts::erasure::Erased;
use service_kit::{db, http::extract::Id};

use crate::{AppState, error::Error};

pub use store::{Blocker, is_erased};

/// The handler: 200 when it is done, also when it was done before; 409 with what stands in the way.
pub async fn erase(State(state): State<AppState>, Id(user_id): Id) -> Result<Json<Erased>, Error> {
    db::retry(|| erase_once(&state, user_id)).await?;
    tracing::info!(user = user_id, "a person was erased");
    Ok(Json(Erased { user_id }))
}

/// Under the lock that every new booking of the person takes, as every end of an unpaid one does.
/// So what it reads stays true until it commits, and a request of theirs that was admitted while
/// their token was good has booked before (and blocks), or books nothing.
async fn erase_once(state: &AppState, user: i64) -> Result<(), Error> {
    let mut tx = state.pool.begin().await?;
    store::lock(&mut tx, user).await?;
    if !is_erased(&mut tx, user).await? {
        let blockers = store::blockers(&mut tx, user).await?;
        if !blockers.is_empty() {
            return Err(Error::ErasureBlocked(blockers));
        }
        if !store::mark_erased(&mut tx, user).await? {
            let what = format!("user {user} has unpaid holds and no unpaid booking");
            return Err(Error::Broken(what));
        }
    }
    store::blank_bookings(&mut tx, user).await?;
    store::blank_passengers(&mut tx, user).await?;
    store::blank_emails(&mut tx, user).await?;
    store::blank_answers(&mut tx, user).await?;
    tx.commit().await?;
    Ok(())
}
