//! `GET /api/v1/me`, `GET /api/v1` and `GET /api/v1/{id}`: an account, to its owner and to
//! administrators.

use axum::extract::State;
use service_kit::{
    http::{extract::Id, layers::Caller, openapi::Operation, reply::Reply},
    identity::User,
};

use super::{Account, Role, store};
use crate::{AppState, error::Error};

/// The caller's own account.
pub async fn me(
    State(app): State<AppState>,
    Caller(caller): Caller,
) -> Result<Reply<Account>, Error> {
    let account = store::find(&app.database, caller.id).await?;
    let account = account.ok_or(Error::AccountGone)?;
    Ok(Reply::ok("Successfully fetched the user", account))
}

/// What the document says of `GET /api/v1/{id}`.
pub fn doc() -> Operation {
    Operation::new("getUser", "An account").more("Yours; an administrator sees anybody's.")
}

/// Anybody's account; what is not the caller's to know of is 404.
pub async fn by_id(
    State(app): State<AppState>,
    Caller(caller): Caller,
    Id(id): Id,
) -> Result<Reply<Account>, Error> {
    if !may_see(&caller, id) {
        return Err(Error::NoSuchUser);
    }
    let account = store::find(&app.database, id).await?;
    let account = account.ok_or(Error::NoSuchUser)?;
    Ok(Reply::ok("Successfully fetched the user", account))
}

fn may_see(caller: &User, id: i64) -> bool {
    caller.id == id || caller.has_role(Role::Admin.as_str())
}
