//! `POST /api/v1/role`: an administrator gives somebody a role. Giving it again changes nothing.

use axum::extract::State;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, reply::Reply},
};
use validator::{Validate, ValidationError};

use super::{Account, Grant, Role, sessions, store};
use crate::{AppState, error::Error};

/// Who gets which role.
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(schema(function = "fits_together"))]
pub struct GiveRole {
    /// The account.
    #[validate(range(min = 1))]
    id: i64,
    role: Role,
    /// IATA designator, for FLIGHT_COMPANY.
    airline: Option<String>,
}

impl GiveRole {
    fn grant(&self) -> Result<Grant, ValidationError> {
        Grant::new(self.role, self.airline.as_deref())
    }
}

fn fits_together(request: &GiveRole) -> Result<(), ValidationError> {
    request.grant().map(|_| ())
}

/// Answers 200 with the account as it is then.
pub async fn give(
    State(app): State<AppState>,
    ValidJson(request): ValidJson<GiveRole>,
) -> Result<Reply<Account>, Error> {
    let grant = request
        .grant()
        .expect("invariant: the request was validated");
    let account = db::retry(|| give_once(&app, request.id, &grant)).await?;
    sessions::revoke::now(&app).await?;
    tracing::info!(user = account.id, role = %request.role, "a role was given");
    Ok(Reply::ok("Successfully added the role", account))
}

/// Gives it under the account's lock; tokens that say what was before are taken back.
async fn give_once(app: &AppState, user: i64, grant: &Grant) -> Result<Account, Error> {
    let mut transaction = app.database.begin().await?;
    if !store::lock(&mut transaction, user).await? {
        return Err(Error::NoSuchUser);
    }
    let before = store::find(&mut *transaction, user).await?;
    store::grant(&mut transaction, user, grant).await?;
    let account = store::find(&mut *transaction, user).await?;
    let changed = before.map(|account| account.identity())
        != account.as_ref().map(|account| account.identity());
    if changed {
        sessions::store::take_tokens_back(&mut transaction, user).await?;
    }
    transaction.commit().await?;
    account.ok_or(Error::NoSuchUser)
}
