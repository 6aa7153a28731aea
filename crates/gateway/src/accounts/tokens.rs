//! Access tokens: signed here, checked everywhere with the keys published here.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use jsonwebtoken::jwk::JwkSet;
use service_kit::identity::{
    ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYPE, AccessClaims, SigningKey,
};

use super::Account;
use crate::AppState;

/// Signs access tokens with the first key; all keys are published, so that one can be replaced
/// while tokens of the other live.
pub struct Tokens {
    keys: Vec<SigningKey>,
    lifetime: Duration,
    published: Arc<JwkSet>,
}

impl Tokens {
    /// At least one key is needed; the configuration sees to it.
    pub fn new(keys: Vec<SigningKey>, lifetime: Duration) -> Self {
        let public = keys.iter().map(|key| key.public().clone()).collect();
        Self {
            keys,
            lifetime,
            published: Arc::new(JwkSet { keys: public }),
        }
    }

    /// The public halves of all keys.
    pub fn published(&self) -> &Arc<JwkSet> {
        &self.published
    }

    /// Seconds that a token lives.
    pub fn lifetime_seconds(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// A token that speaks for the account in a session, issued at `issued_at` (seconds since the
    /// epoch).
    pub fn issue(&self, account: &Account, sid: &str, issued_at: u64) -> String {
        let claims = AccessClaims {
            iss: ACCESS_ISSUER.to_owned(),
            aud: ACCESS_AUDIENCE.to_owned(),
            exp: issued_at + self.lifetime_seconds(),
            iat: issued_at,
            sub: account.id.to_string(),
            sid: sid.to_owned(),
            user: account.identity(),
        };
        let key = self.keys.first();
        let key = key.expect("invariant: the configuration has at least one key");
        key.sign(ACCESS_TYPE, &claims)
    }
}

/// `GET /.well-known/jwks.json` (RFC 7517).
pub async fn jwks(State(app): State<AppState>) -> Json<Arc<JwkSet>> {
    Json(Arc::clone(app.tokens.published()))
}
