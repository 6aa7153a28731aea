//! `POST /api/v1/signin`: an access token for who knows the password.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use service_kit::http::{extract::ValidJson, reply::Reply};
use validator::Validate;

use super::{
    Account, Email, Password,
    passwords::Verdict,
    store::{self, Credentials},
};
use crate::{AppState, error::Error};

/// Who somebody says they are, and their proof.
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignIn {
    #[validate(custom(function = "Email::rule"))]
    email: Email,
    #[validate(custom(function = "Password::rule_for_known"))]
    password: Password,
}

/// A signed-in person.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    user: Account,
    /// Access token, to be sent as `Authorization: Bearer`.
    jwt: String,
    /// Seconds until the token expires.
    expires_in: u64,
}

/// Answers 200 with account and token; unknown address and wrong password alike 401.
pub async fn signin(
    State(app): State<AppState>,
    ValidJson(request): ValidJson<SignIn>,
) -> Result<Reply<SignedIn>, Error> {
    let user = recognize(&app, &request).await?;
    let signed_in = SignedIn {
        jwt: app.tokens.issue(&user),
        expires_in: app.tokens.lifetime_seconds(),
        user,
    };
    Ok(Reply::ok("Successfully signed in", signed_in))
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
