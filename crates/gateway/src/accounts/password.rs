//! `PUT /api/v1/me/password`: another password, and every session over but a new one.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, layers::Caller, openapi::Operation, reply::Reply},
};
use sqlx::MySqlConnection;
use validator::Validate;

use super::{
    Account, Password,
    audit::{self, Action, Actor},
    email_tokens::{self, Purpose},
    fields::PASSWORD_MIN,
    passwords::Verdict,
    sessions::{self, EndedBy, Grant, Origin},
    store,
};
use crate::{
    AppState,
    error::Error,
    mail::{self, Template},
};

/// The old password, and the new one.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    /// The password until now.
    #[validate(custom(function = "Password::rule_for_known"))]
    current_password: Password,
    /// None of the most common ones.
    #[validate(custom(function = "Password::rule_for_new"))]
    #[schemars(length(min = PASSWORD_MIN))]
    new_password: Password,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("changePassword", "Change your password")
        .more("It ends every session of yours and answers the tokens of a new one.")
}

/// Answers 200 with tokens of a new session: whoever else had the old password is out.
pub async fn change(
    State(app): State<AppState>,
    Caller(caller): Caller,
    origin: Origin,
    ValidJson(request): ValidJson<ChangePassword>,
) -> Result<Reply<Grant>, Error> {
    let old = store::hash_of(&app.database, caller.id).await?;
    let old = old.ok_or(Error::AccountGone)?;
    let verdict = app.passwords.verify(&request.current_password, Some(&old));
    if verdict.await? == Verdict::Wrong {
        return Err(Error::WrongPassword);
    }
    let new = app.passwords.hash(&request.new_password).await?;
    let actor = Actor {
        id: caller.id,
        origin,
    };
    if !db::retry(|| replace(&app, &actor, &old, &new)).await? {
        return Err(Error::WrongPassword);
    }
    app.outbox.notify();
    sessions::revoke::now(&app).await;
    let lifetime = app.refresh_expiry.as_secs();
    let live = sessions::store::open(&app.database, caller.id, &actor.origin, lifetime).await?;
    let grant = Grant::new(&app.tokens, live.ok_or(Error::AccountGone)?);
    Ok(Reply::ok("Successfully changed the password", grant))
}

/// `false` if the password was changed meanwhile.
async fn replace(app: &AppState, actor: &Actor, old: &str, new: &str) -> sqlx::Result<bool> {
    let user = actor.id;
    let mut transaction = app.database.begin().await?;
    let Some(account) = store::find_locked(&mut transaction, user).await? else {
        return Ok(false);
    };
    if !store::replace_hash(&mut *transaction, user, old, new).await? {
        return Ok(false);
    }
    conclude(&mut transaction, actor, &account, Action::PasswordChanged).await?;
    transaction.commit().await?;
    Ok(true)
}

/// What goes with another password, in its transaction: sessions and links of before are void, the
/// log says so, the holder is told.
pub async fn conclude(
    connection: &mut MySqlConnection,
    actor: &Actor,
    account: &Account,
    action: Action,
) -> sqlx::Result<()> {
    sessions::store::end_all(connection, account.id, EndedBy::Password).await?;
    email_tokens::void(connection, account.id, Some(Purpose::Reset)).await?;
    audit::record(connection, actor, action, account.id, None).await?;
    mail::enqueue(connection, account, Template::PasswordChanged, None).await
}
