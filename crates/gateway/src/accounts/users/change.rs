//! `PATCH /api/v1/users/{id}` and `DELETE /api/v1/users/{id}/roles/{role}`. The last administrator
//! who can sign in stays one.

use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
        layers::Caller,
        openapi::Operation,
        problem::Problem,
        reply::Reply,
    },
};
use validator::Validate;

use crate::{
    AppState,
    accounts::{
        Account, Role,
        audit::{self, Action, Actor},
        sessions::{self, EndedBy, Origin},
        store,
    },
    error::Error,
};

/// What may be changed of an account.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChangeUser")]
pub struct Change {
    /// Whether it is kept from signing in.
    disabled: bool,
}

/// What the document says of a change.
pub fn change_doc() -> Operation {
    Operation::new(
        "changeUser",
        "Disable an account, which ends its sessions, or enable it",
    )
    .refuses(Error::LastAdministrator)
}

/// Disables an account, which ends its sessions, or enables it.
pub async fn disable(
    State(app): State<AppState>,
    Caller(caller): Caller,
    origin: Origin,
    Id(id): Id,
    ValidJson(change): ValidJson<Change>,
) -> Result<Reply<Account>, Error> {
    let actor = Actor {
        id: caller.id,
        origin,
    };
    let account = db::retry(|| disable_once(&app, &actor, id, change.disabled)).await?;
    sessions::revoke::now(&app).await;
    Ok(Reply::ok("Successfully changed the user", account))
}

async fn disable_once(
    app: &AppState,
    actor: &Actor,
    id: i64,
    disabled: bool,
) -> Result<Account, Error> {
    let mut transaction = app.database.begin().await?;
    let others = store::lock_administrators_but(&mut transaction, id).await?;
    let before = store::find_locked(&mut transaction, id).await?;
    let before = before.ok_or(Error::NoSuchUser)?;
    if before.disabled_at.is_some() == disabled {
        return Ok(before);
    }
    if disabled && before.roles.contains(&Role::Admin) && others == 0 {
        return Err(Error::LastAdministrator);
    }
    store::set_disabled(&mut transaction, id, disabled).await?;
    let action = match disabled {
        true => {
            sessions::store::end_all(&mut transaction, id, EndedBy::Disabled).await?;
            Action::UserDisabled
        }
        false => Action::UserEnabled,
    };
    let after = store::find_locked(&mut transaction, id).await?;
    let after = after.ok_or(Error::NoSuchUser)?;
    let change = Some((audit::state(&before), audit::state(&after)));
    audit::record(&mut transaction, actor, action, id, change).await?;
    transaction.commit().await?;
    Ok(after)
}

/// What the document says of taking a role away.
pub fn revoke_doc() -> Operation {
    Operation::new("revokeRole", "Take a role away from somebody")
        .with(|shape| {
            let role = shape.schema::<Role>();
            shape.path("role", role);
        })
        .refuses(Error::LastAdministrator)
}

/// Takes a role away. One that the account does not have is 404.
pub async fn revoke(
    State(app): State<AppState>,
    Caller(caller): Caller,
    origin: Origin,
    Path((id, role)): Path<(String, String)>,
) -> Result<Reply<Account>, Problem> {
    let id: i64 = id
        .parse()
        .ok()
        .filter(|id| *id > 0)
        .ok_or_else(|| Problem::field("id", "id", "must be a positive integer"))?;
    let role: Role = role
        .parse()
        .map_err(|_| Problem::field("role", "type", "must be a role such as ADMIN"))?;
    let actor = Actor {
        id: caller.id,
        origin,
    };
    let account = db::retry(|| revoke_once(&app, &actor, id, role)).await?;
    sessions::revoke::now(&app).await;
    Ok(Reply::ok("Successfully removed the role", account))
}

async fn revoke_once(app: &AppState, actor: &Actor, id: i64, role: Role) -> Result<Account, Error> {
    let mut transaction = app.database.begin().await?;
    let others = store::lock_administrators_but(&mut transaction, id).await?;
    let before = store::find_locked(&mut transaction, id).await?;
    let before = before.ok_or(Error::NoSuchUser)?;
    if !before.roles.contains(&role) {
        return Err(Error::NoSuchRole);
    }
    if role == Role::Admin && before.disabled_at.is_none() && others == 0 {
        return Err(Error::LastAdministrator);
    }
    store::revoke(&mut transaction, id, role).await?;
    sessions::store::take_tokens_back(&mut transaction, id).await?;
    let after = store::find_locked(&mut transaction, id).await?;
    let after = after.ok_or(Error::NoSuchUser)?;
    let change = Some((audit::state(&before), audit::state(&after)));
    audit::record(&mut transaction, actor, Action::RoleRevoked, id, change).await?;
    transaction.commit().await?;
    Ok(after)
}
