//! Sessions: what a sign-in begins, a refresh token keeps alive, and signing out ends. Access tokens
//! carry the session's id; those of an ended session, or from before a change of roles, are taken
//! back everywhere within seconds ([`revoke`]).

pub mod end;
pub mod list;
pub mod refresh;
pub mod revoke;
pub mod store;

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{header, request::Parts},
};
use schemars::JsonSchema;
use serde::Serialize;
use service_kit::{
    http::{openapi::Input, problem::Problem},
    str_enum,
};

use super::{Account, opaque::OpaqueToken};
use crate::{AppState, accounts::tokens::Tokens};

/// The longest user agent that is kept, in characters.
const USER_AGENT_MAX: usize = 200;

str_enum! {
    /// Why a session ended.
    pub enum EndedBy {
        /// Its holder signed out.
        SignOut = "SIGN_OUT",
        /// Its holder signed out everywhere.
        SignOutAll = "SIGN_OUT_ALL",
        /// Its holder ended it from another session.
        Ended = "ENDED",
        /// A refresh token came a second time: two parties have it.
        TokenReuse = "TOKEN_REUSE",
        /// The password was changed.
        Password = "PASSWORD",
        /// The account was disabled.
        Disabled = "DISABLED",
        /// Its holder asked to be erased.
        Erased = "ERASED",
    }
}

/// A session that may be given tokens.
#[derive(Debug)]
pub struct Live {
    /// The session's id.
    pub sid: String,
    /// Its holder, as of now.
    pub account: Account,
    /// The time that access tokens are issued at: seconds since the epoch by the database's clock,
    /// and not before what was taken back.
    pub issued_at: u64,
    /// The next refresh token.
    pub refresh_token: OpaqueToken,
}

/// What signing in and refreshing answer.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Tokens")]
pub struct Grant {
    /// Whose they are.
    user: Account,
    /// Access token, to be sent as `Authorization: Bearer`.
    jwt: String,
    /// Good once, for `POST /token/refresh`.
    refresh_token: String,
    /// Seconds until the access token expires.
    expires_in: u64,
}

impl Grant {
    /// Tokens for a live session.
    pub fn new(tokens: &Tokens, live: Live) -> Self {
        Self {
            jwt: tokens.issue(&live.account, &live.sid, live.issued_at),
            refresh_token: live.refresh_token.expose().to_owned(),
            expires_in: tokens.lifetime_seconds(),
            user: live.account,
        }
    }
}

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// IP address.
    pub address: IpAddr,
    /// The `User-Agent` header, shortened.
    pub user_agent: String,
}

impl Input for Origin {}

impl FromRequestParts<AppState> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let ConnectInfo(peer) = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .expect("invariant: the listener says who connects");
        let user_agent = parts.headers.get(header::USER_AGENT);
        let user_agent = user_agent.and_then(|value| value.to_str().ok());
        Ok(Self {
            address: app.trusted_proxies.client(peer.ip(), &parts.headers),
            user_agent: user_agent
                .unwrap_or("")
                .chars()
                .take(USER_AGENT_MAX)
                .collect(),
        })
    }
}
