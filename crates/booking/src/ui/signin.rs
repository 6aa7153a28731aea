//! `POST /ui/signin`, `/ui/refresh`, `/ui/signout`: the page on booking's own port has no other
//! origin to ask, so booking hands these on to the gateway - who publishes the keys of the tokens is
//! who gives them out. The gateway does not hand them on to booking: its own are right beside.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use axum::{
    body::Bytes,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contracts::CallError;
use reqwest::{Client, Url};
use serde::{Deserialize, Serialize};
use service_kit::http::extract::ValidJson;
use validator::Validate;

use crate::{AppState, error::Error};

const TIMEOUT: Duration = Duration::from_secs(8);
/// What of the gateway's answer goes on.
const KEPT: [header::HeaderName; 3] = [
    header::CONTENT_TYPE,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
];

/// The gateway, where people sign in.
#[derive(Clone)]
pub struct Gateway {
    http: Client,
    api: Url,
}

impl Gateway {
    /// The gateway that publishes its keys at `jwks_url`.
    pub fn of(jwks_url: &str, http: Client) -> anyhow::Result<Self> {
        let keys: Url = jwks_url.parse().context("JWKS_URL")?;
        let api = keys.join("/api/v1/").context("JWKS_URL")?;
        Ok(Self { http, api })
    }

    async fn post(
        &self,
        path: &str,
        from: SocketAddr,
        token: Option<&HeaderValue>,
        body: Option<&impl Serialize>,
    ) -> Result<Response, Error> {
        let unknown = |error: reqwest::Error| {
            Error::Upstream(CallError::Unknown(error.without_url().to_string()))
        };
        let url = self.api.join(path).expect("invariant: a path of ours");
        // Believed by a gateway whose TRUSTED_PROXIES names booking: its limits then see people.
        let mut request = self
            .http
            .post(url)
            .header("x-forwarded-for", from.ip().to_string())
            .timeout(TIMEOUT);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(unknown)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(unknown)?;
        Ok(handed_on(status, &headers, body))
    }
}

fn handed_on(status: StatusCode, headers: &HeaderMap, body: Bytes) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for name in KEPT {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// Who somebody says they are, and their proof.
#[derive(Deserialize, Serialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[validate(length(min = 1, max = 320))]
    email: String,
    #[validate(length(min = 1, max = 1024))]
    password: String,
}

/// Good once.
#[derive(Deserialize, Serialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    #[validate(length(min = 1, max = 256))]
    refresh_token: String,
}

/// Signs in.
pub async fn sign_in(
    State(app): State<AppState>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    ValidJson(request): ValidJson<SignIn>,
) -> Result<Response, Error> {
    app.gateway.post("signin", from, None, Some(&request)).await
}

/// Gets the next tokens.
pub async fn refresh(
    State(app): State<AppState>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    ValidJson(request): ValidJson<Refresh>,
) -> Result<Response, Error> {
    let path = "token/refresh";
    app.gateway.post(path, from, None, Some(&request)).await
}

/// Ends the session of the token.
pub async fn sign_out(
    State(app): State<AppState>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let token = headers.get(header::AUTHORIZATION);
    app.gateway.post("signout", from, token, None::<&()>).await
}
