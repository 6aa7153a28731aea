//! `POST /api/v1/signin`: a session for who knows the password.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::http::{extract::ValidJson, openapi::Operation, problem::Problem, reply::Reply};
use validator::Validate;

use super::{
    Account, Email, Password,
    guesses::Guess,
    passwords::Verdict,
    sessions::{self, Grant, Origin},
    store::{self, Credentials},
};
use crate::{AppState, error::Error};

/// Who somebody says they are, and their proof.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignIn {
    /// E-mail address.
    #[validate(custom(function = "Email::rule"))]
    email: Email,
    /// Password.
    #[validate(custom(function = "Password::rule_for_known"))]
    password: Password,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("signIn", "Sign in")
        .refuses(Error::BadCredentials)
        .refuses(Error::Disabled)
}

/// Answers 200 with account and tokens; unknown address and wrong password alike 401,
/// a disabled account 403 to who knows its password.
pub async fn signin(
    State(app): State<AppState>,
    origin: Origin,
    ValidJson(request): ValidJson<SignIn>,
) -> Result<Reply<Grant>, Problem> {
    let guess = Guess::begin(&app, &request.email, origin.address).await?;
    let user = recognize(&app, &request).await;
    let user = guess.end(&app, user).await?;
    let lifetime = app.refresh_expiry.as_secs();
    let live = sessions::store::open(&app.database, user.id, &origin, lifetime).await;
    let live = live.map_err(Error::from)?;
    let grant = Grant::new(&app.tokens, live.ok_or(Error::Disabled)?);
    Ok(Reply::ok("Successfully signed in", grant))
}

async fn recognize(app: &AppState, request: &SignIn) -> Result<Account, Error> {
    let known = store::credentials(&app.database, &request.email).await?;
    let stored = known.as_ref().map(|known| known.password_hash.as_str());
    let verdict = app.passwords.verify(&request.password, stored).await?;
    match (known, verdict) {
        (None, _) | (_, Verdict::Wrong) => Err(Error::BadCredentials),
        (Some(known), Verdict::Right) => Ok(known.account),
        (Some(known), Verdict::RightButOld) => {
            renew_hash(app, &known, &request.password).await;
            Ok(known.account)
        }
    }
}

/// Replaces a hash brought over. A failure only postpones it to the next sign-in.
async fn renew_hash(app: &AppState, known: &Credentials, password: &Password) {
    let renewed = async {
        let hash = app.passwords.hash(password).await?;
        store::replace_hash(&app.database, known.account.id, &known.password_hash, &hash).await?;
        Ok::<_, Error>(())
    };
    if let Err(error) = renewed.await {
        tracing::warn!(user = known.account.id, %error, "an old password hash stays");
    }
}
