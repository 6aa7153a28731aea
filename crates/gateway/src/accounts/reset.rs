//! `POST /api/v1/password/reset`: another password for who has the link that was mailed.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, openapi::Operation, reply::Reply},
};
use validator::Validate;

use super::{
    Password,
    audit::{Action, Actor},
    email_tokens::{self, Purpose},
    fields::PASSWORD_MIN,
    opaque::OpaqueToken,
    password,
    sessions::{self, Origin},
    store,
};
use crate::{AppState, error::Error};

/// The token of the link, and the new password.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPassword {
    /// That of the link, good once.
    token: OpaqueToken,
    /// None of the most common ones.
    #[validate(custom(function = "Password::rule_for_new"))]
    #[schemars(length(min = PASSWORD_MIN))]
    new_password: Password,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new(
        "resetPassword",
        "Choose another password by the link that was mailed",
    )
    .more("It ends every session.")
}

/// Answers 200 once. Everybody is signed out and has to sign in with the new password.
pub async fn reset(
    State(app): State<AppState>,
    origin: Origin,
    ValidJson(request): ValidJson<ResetPassword>,
) -> Result<Reply<()>, Error> {
    // Hashing is dear: not for a token that nobody was sent.
    let user = email_tokens::holder(&app.database, &request.token, Purpose::Reset).await?;
    let id = user.ok_or(Error::BadToken)?;
    let hash = app.passwords.hash(&request.new_password).await?;
    let actor = Actor { id, origin };
    db::retry(|| reset_once(&app, &actor, &request.token, &hash)).await?;
    app.outbox.notify();
    sessions::revoke::now(&app).await;
    Ok(Reply::ok("Successfully changed the password", ()))
}

async fn reset_once(
    app: &AppState,
    actor: &Actor,
    token: &OpaqueToken,
    hash: &str,
) -> Result<(), Error> {
    let mut transaction = app.database.begin().await?;
    let account = store::find_locked(&mut transaction, actor.id).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let account = account.ok_or(Error::BadToken)?;
    if !email_tokens::use_up(&mut transaction, token, Purpose::Reset).await? {
        return Err(Error::BadToken);
    }
    store::set_hash(&mut transaction, account.id, hash).await?;
    // The link came by mail.
    store::set_email_verified(&mut transaction, account.id).await?;
    password::conclude(&mut transaction, actor, &account, Action::PasswordReset).await?;
    transaction.commit().await?;
    Ok(())
}
