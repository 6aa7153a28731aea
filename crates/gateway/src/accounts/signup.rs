//! `POST /api/v1/signup`: a new account, always with the role CUSTOMER.

use axum::extract::State;
use serde::Deserialize;
use service_kit::http::{extract::ValidJson, reply::Reply};
use validator::Validate;

use super::{Account, DisplayName, Email, Grant, Password, store};
use crate::{AppState, error::Error};

/// What somebody says of themselves. Ids and roles are not theirs to set: unknown fields.
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUp {
    #[validate(custom(function = "Email::rule"))]
    email: Email,
    #[validate(custom(function = "Password::rule_for_new"))]
    password: Password,
    #[validate(custom(function = "DisplayName::rule"))]
    name: DisplayName,
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
    let customer = Grant::customer();
    let id = store::insert(
        &app.database,
        &request.email,
        &request.name,
        &hash,
        &customer,
    )
    .await?;
    let id = id.ok_or(Error::EmailTaken)?;
    store::find(&app.database, id)
        .await?
        .ok_or(Error::AccountGone)
}
