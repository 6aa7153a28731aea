//! `POST /api/v1/email/verify` and `POST /api/v1/email/verification`: whether somebody reads what is
//! sent to their address.

use axum::{extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, layers::Caller, openapi::Operation, reply::Reply},
};
use validator::Validate;

use super::{
    email_tokens::{self, Purpose},
    opaque::OpaqueToken,
    store,
};
use crate::{
    AppState,
    error::Error,
    mail::{self, Template},
};

/// An account is sent a link this often at most, in seconds.
const PAUSE: u32 = 60;

/// The token of the link.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// That of the link, good once.
    token: OpaqueToken,
}

/// What the document says of verifying.
pub fn verify_doc() -> Operation {
    Operation::new(
        "verifyEmail",
        "Verify an address by the link that was mailed there",
    )
}

/// Answers 200 once; whoever has the link need not be signed in.
pub async fn verify(
    State(app): State<AppState>,
    ValidJson(request): ValidJson<VerifyEmail>,
) -> Result<Reply<()>, Error> {
    let user = email_tokens::holder(&app.database, &request.token, Purpose::Verify).await?;
    let user = user.ok_or(Error::BadToken)?;
    db::retry(|| verify_once(&app, user, &request.token)).await?;
    Ok(Reply::ok("Successfully verified the address", ()))
}

async fn verify_once(app: &AppState, user: i64, token: &OpaqueToken) -> Result<(), Error> {
    let mut transaction = app.database.begin().await?;
    store::lock(&mut transaction, user).await?;
    if !email_tokens::use_up(&mut transaction, token, Purpose::Verify).await? {
        return Err(Error::BadToken);
    }
    email_tokens::void(&mut transaction, user, Some(Purpose::Verify)).await?;
    store::set_email_verified(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(())
}

/// What the document says of another link.
pub fn ask_doc() -> Operation {
    Operation::new(
        "askForVerification",
        "Ask for another link to verify your address by",
    )
    .more("None is sent if the address is verified, or the last one is not a minute old.")
    .answers(StatusCode::ACCEPTED)
}

/// Answers 202, also when no other link is sent: the last one is not a minute old, or the address is
/// verified.
pub async fn ask_again(
    State(app): State<AppState>,
    Caller(caller): Caller,
) -> Result<Reply<()>, Error> {
    db::retry(|| send_again(&app, caller.id)).await?;
    app.outbox.notify();
    Ok(Reply::accepted(
        "A mail is on its way, unless the address is verified or the last one was just sent",
        (),
    ))
}

async fn send_again(app: &AppState, user: i64) -> Result<(), Error> {
    let mut transaction = app.database.begin().await?;
    let account = store::find_locked(&mut transaction, user).await?;
    let account = account.ok_or(Error::AccountGone)?;
    let sent = email_tokens::issued_within(&mut transaction, user, Purpose::Verify, PAUSE).await?;
    if account.email_verified || sent > 0 {
        return Ok(());
    }
    let token = email_tokens::issue(&mut transaction, user, Purpose::Verify).await?;
    let link = Some(app.links.verify(&token));
    mail::enqueue(&mut transaction, &account, Template::VerifyEmail, link).await?;
    transaction.commit().await?;
    Ok(())
}
