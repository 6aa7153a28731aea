//! `PATCH /api/v1/me`: another name, another address. What is left out stays.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, layers::Caller, openapi::Operation, reply::Reply},
};
use sqlx::MySqlConnection;
use validator::{Validate, ValidationError};

use super::{
    Account, DisplayName, Email, Password,
    audit::{self, Action, Actor},
    email_tokens::{self, Purpose},
    fields,
    passwords::Verdict,
    sessions::Origin,
    store,
};
use crate::{
    AppState,
    error::Error,
    mail::{self, Template},
};

/// What somebody is called and where mails go. Another address asks for the current password.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(schema(function = "is_confirmed"))]
pub struct UpdateProfile {
    /// What somebody is called.
    #[validate(custom(function = "DisplayName::rule"))]
    name: Option<DisplayName>,
    /// E-mail address; nobody else has it.
    #[validate(custom(function = "Email::rule"))]
    email: Option<Email>,
    /// Required with `email`.
    #[validate(custom(function = "Password::rule_for_known"))]
    current_password: Option<Password>,
}

fn is_confirmed(request: &UpdateProfile) -> Result<(), ValidationError> {
    match (&request.email, &request.current_password) {
        (Some(_), None) => Err(fields::of_field(
            "currentPassword",
            "required",
            "is required with email",
        )),
        _ => Ok(()),
    }
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("updateMe", "Change your name or address")
        .more("What is left out stays. A new address is sent a link to verify it.")
        .refuses(Error::EmailTaken)
}

/// Answers 200 with the account. Access tokens say what is new once they are refreshed.
pub async fn update(
    State(app): State<AppState>,
    Caller(caller): Caller,
    origin: Origin,
    ValidJson(request): ValidJson<UpdateProfile>,
) -> Result<Reply<Account>, Error> {
    let actor = Actor {
        id: caller.id,
        origin,
    };
    let hash = confirmed_hash(&app, caller.id, &request).await?;
    let account = db::retry(|| update_once(&app, &actor, &request, hash.as_deref())).await?;
    app.outbox.notify();
    Ok(Reply::ok("Successfully updated the profile", account))
}

/// The hash that the current password belongs to, where an address is to change.
async fn confirmed_hash(
    app: &AppState,
    user: i64,
    request: &UpdateProfile,
) -> Result<Option<String>, Error> {
    let (Some(_), Some(password)) = (&request.email, &request.current_password) else {
        return Ok(None);
    };
    let hash = store::hash_of(&app.database, user).await?;
    let hash = hash.ok_or(Error::AccountGone)?;
    match app.passwords.verify(password, Some(&hash)).await? {
        Verdict::Wrong => Err(Error::WrongPassword),
        Verdict::Right | Verdict::RightButOld => Ok(Some(hash)),
    }
}

async fn update_once(
    app: &AppState,
    actor: &Actor,
    request: &UpdateProfile,
    hash: Option<&str>,
) -> Result<Account, Error> {
    let mut transaction = app.database.begin().await?;
    let before = store::find_locked(&mut transaction, actor.id).await?;
    let before = before.ok_or(Error::AccountGone)?;
    if let Some(name) = &request.name {
        store::rename(&mut transaction, actor.id, name).await?;
    }
    if let (Some(email), Some(hash)) = (&request.email, hash)
        && email.as_str() != before.email
    {
        if !store::replace_email(&mut transaction, actor.id, email, hash).await? {
            return Err(Error::WrongPassword);
        }
        audit::record(
            &mut transaction,
            actor,
            Action::EmailChanged,
            actor.id,
            None,
        )
        .await?;
        tell_both(app, &mut transaction, &before).await?;
    }
    let after = store::find(&mut *transaction, actor.id).await?;
    let after = after.ok_or(Error::AccountGone)?;
    transaction.commit().await?;
    Ok(after)
}

/// Links that were sent to the old address are void; it is told, and the new one is to be verified.
async fn tell_both(
    app: &AppState,
    connection: &mut MySqlConnection,
    before: &Account,
) -> Result<(), Error> {
    email_tokens::void(connection, before.id, None).await?;
    mail::enqueue(connection, before, Template::EmailChanged, None).await?;
    let after = store::find(&mut *connection, before.id).await?;
    let after = after.ok_or(Error::AccountGone)?;
    let token = email_tokens::issue(connection, after.id, Purpose::Verify).await?;
    let link = Some(app.links.verify(&token));
    mail::enqueue(connection, &after, Template::VerifyEmail, link).await?;
    Ok(())
}
