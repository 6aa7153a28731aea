//! `POST /api/v1/signup`: a new account, always with the role CUSTOMER.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, openapi::Operation, reply::Reply},
};
use validator::Validate;

use super::{
    Account, DisplayName, Email, Grant, Password,
    email_tokens::{self, Purpose},
    fields::PASSWORD_MIN,
    store,
};
use crate::{
    AppState,
    error::Error,
    mail::{self, Template},
};

/// What somebody says of themselves.
// Ids and roles are not theirs to set: unknown fields.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUp {
    /// E-mail address; nobody else has it.
    #[validate(custom(function = "Email::rule"))]
    email: Email,
    /// None of the most common ones.
    #[validate(custom(function = "Password::rule_for_new"))]
    #[schemars(length(min = PASSWORD_MIN))]
    password: Password,
    /// What somebody is called.
    #[validate(custom(function = "DisplayName::rule"))]
    name: DisplayName,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("signUp", "Open an account")
        .more("It answers 200, as the original did.")
        .refuses(Error::EmailTaken)
}

/// Answers 200 with the account, as the original did.
pub async fn signup(
    State(app): State<AppState>,
    ValidJson(request): ValidJson<SignUp>,
) -> Result<Reply<Account>, Error> {
    let account = open_account(&app, request).await?;
    Ok(Reply::ok("Successfully created a new user", account))
}

async fn open_account(app: &AppState, request: SignUp) -> Result<Account, Error> {
    let hash = app.passwords.hash(&request.password).await?;
    let account = db::retry(|| open_once(app, &request, &hash)).await?;
    app.outbox.notify();
    Ok(account)
}

/// The account and the mail that welcomes its holder and has the link to verify the address by: one
/// mail, since whoever reads it has what the link proves.
async fn open_once(app: &AppState, request: &SignUp, hash: &str) -> Result<Account, Error> {
    let mut transaction = app.database.begin().await?;
    let (email, name, first) = (&request.email, &request.name, Grant::customer());
    let id = store::insert(&mut transaction, email, name, hash, &first).await?;
    let id = id.ok_or(Error::EmailTaken)?;
    let account = store::find(&mut *transaction, id).await?;
    let account = account.ok_or(Error::AccountGone)?;
    let token = email_tokens::issue(&mut transaction, id, Purpose::Verify).await?;
    let link = Some(app.links.verify(&token));
    mail::enqueue(&mut transaction, &account, Template::Welcome, link).await?;
    transaction.commit().await?;
    Ok(account)
}
