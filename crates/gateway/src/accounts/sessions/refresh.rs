//! `POST /api/v1/token/refresh`: a new access token, and the next refresh token.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::http::{extract::ValidJson, openapi::Operation, reply::Reply};
use validator::Validate;

use super::{
    Grant, revoke,
    store::{self, Refreshed},
};
use crate::{AppState, accounts::opaque::OpaqueToken, error::Error};

/// The refresh token of the last answer.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "RefreshSession")]
pub struct Refresh {
    /// Good once.
    refresh_token: OpaqueToken,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("refreshTokens", "Get the next tokens of a session")
        .more("A refresh token that comes a second time ends its session: two parties have it.")
        .refuses(Error::SessionOver)
}

/// Answers 200 with tokens. A refresh token is good once: whoever sends it a second time ends the
/// session for both, because one of them stole it.
pub async fn refresh(
    State(app): State<AppState>,
    ValidJson(request): ValidJson<Refresh>,
) -> Result<Reply<Grant>, Error> {
    let lifetime = app.refresh_expiry.as_secs();
    match store::refresh(&app.database, &request.refresh_token, lifetime).await? {
        Refreshed::Fresh(live) => {
            let grant = Grant::new(&app.tokens, *live);
            Ok(Reply::ok("Successfully refreshed the session", grant))
        }
        Refreshed::Reused(session) => {
            tracing::warn!(session, "a refresh token came twice: its session was ended");
            revoke::now(&app).await;
            Err(Error::SessionOver)
        }
        Refreshed::Unknown => Err(Error::SessionOver),
    }
}
