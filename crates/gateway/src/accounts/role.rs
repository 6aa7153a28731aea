//! `POST /api/v1/role`: an administrator gives somebody a role. Giving it again changes nothing.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, layers::Caller, openapi::Operation, reply::Reply},
};
use validator::{Validate, ValidationError};

use super::{
    Account, Grant, Role,
    audit::{self, Action, Actor},
    sessions::{self, Origin},
    store,
};
use crate::{AppState, error::Error};

/// Who gets which role.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(schema(function = "fits_together"))]
pub struct GiveRole {
    /// The account.
    #[validate(range(min = 1))]
    id: i64,
    /// What it gets.
    role: Role,
    /// IATA designator: FLIGHT_COMPANY must have one, no other role may.
    #[schemars(extend("pattern" = "^[A-Z0-9]{2}$"))]
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

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("giveRole", "Give somebody a role").refuses(Error::NoSuchUser)
}

/// Answers 200 with the account as it is then.
pub async fn give(
    State(app): State<AppState>,
    Caller(caller): Caller,
    origin: Origin,
    ValidJson(request): ValidJson<GiveRole>,
) -> Result<Reply<Account>, Error> {
    let grant = request
        .grant()
        .expect("invariant: the request was validated");
    let actor = Actor {
        id: caller.id,
        origin,
    };
    let account = db::retry(|| give_once(&app, &actor, request.id, &grant)).await?;
    sessions::revoke::now(&app).await;
    tracing::info!(user = account.id, role = %request.role, "a role was given");
    Ok(Reply::ok("Successfully added the role", account))
}

/// Gives it under the account's lock; tokens that say what was before are taken back.
async fn give_once(
    app: &AppState,
    actor: &Actor,
    user: i64,
    grant: &Grant,
) -> Result<Account, Error> {
    let mut transaction = app.database.begin().await?;
    let before = store::find_locked(&mut transaction, user).await?;
    let before = before.ok_or(Error::NoSuchUser)?;
    store::grant(&mut transaction, user, grant).await?;
    let after = store::find(&mut *transaction, user).await?;
    let after = after.ok_or(Error::NoSuchUser)?;
    if before.identity() != after.identity() {
        sessions::store::take_tokens_back(&mut transaction, user).await?;
        let change = Some((audit::state(&before), audit::state(&after)));
        audit::record(&mut transaction, actor, Action::RoleGranted, user, change).await?;
    }
    transaction.commit().await?;
    Ok(after)
}
