//! Access tokens of people (RFC 9068 style, `typ: at+jwt`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Keys, Unauthenticated, key_id, validation};
use crate::clock;

/// `typ` of an access token.
pub const ACCESS_TYPE: &str = "at+jwt";
/// `iss` of an access token.
pub const ACCESS_ISSUER: &str = "airside-gateway";
/// `aud` of an access token.
pub const ACCESS_AUDIENCE: &str = "airside-api";

/// Verified tokens that are remembered, so that a signature is checked once.
const CACHED_TOKENS: usize = 10_000;

/// The claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Issuer, [`ACCESS_ISSUER`].
    pub iss: String,
    /// Audience, [`ACCESS_AUDIENCE`].
    pub aud: String,
    /// Expiry, seconds since the epoch.
    pub exp: u64,
    /// Issue time, seconds since the epoch.
    pub iat: u64,
    /// The user's id as text.
    pub sub: String,
    /// The session.
    pub sid: String,
    /// Who it is.
    #[serde(flatten)]
    pub user: User,
}

/// A signed-in person, as the token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Account id.
    pub id: i64,
    /// E-mail address, trimmed and lower case.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Roles, such as `CUSTOMER`.
    pub roles: Vec<String>,
    /// IATA designator of the airline that the user works for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub airline: Option<String>,
}

impl User {
    /// Whether the token names this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|mine| mine == role)
    }
}

/// Whom a verified token speaks for, and until when (seconds since the epoch).
type Seen = (Arc<User>, u64);

/// Checks access tokens.
pub struct UserVerifier {
    keys: Keys,
    seen: Mutex<HashMap<[u8; 32], Seen>>,
}

impl UserVerifier {
    /// A verifier that trusts these keys.
    pub fn new(keys: Keys) -> Self {
        Self {
            keys,
            seen: Mutex::default(),
        }
    }

    /// Who the token speaks for.
    pub async fn verify(&self, token: &str) -> Result<Arc<User>, Unauthenticated> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(user) = self.remembered(&digest) {
            return Ok(user);
        }
        let key = self.keys.get(&key_id(token, ACCESS_TYPE)?).await?;
        let rules = validation(ACCESS_ISSUER, ACCESS_AUDIENCE);
        let claims = jsonwebtoken::decode::<AccessClaims>(token, &key, &rules)?.claims;
        if claims.sub != claims.user.id.to_string() {
            return Err(Unauthenticated::Invalid);
        }
        let user = Arc::new(claims.user);
        self.remember(digest, Arc::clone(&user), claims.exp);
        Ok(user)
    }

    fn remembered(&self, digest: &[u8; 32]) -> Option<Arc<User>> {
        let seen = self
            .seen
            .lock()
            .expect("invariant: no panic under the lock");
        let (user, expires) = seen.get(digest)?;
        (*expires > clock::unix_seconds()).then(|| Arc::clone(user))
    }

    fn remember(&self, digest: [u8; 32], user: Arc<User>, expires: u64) {
        let mut seen = self
            .seen
            .lock()
            .expect("invariant: no panic under the lock");
        if seen.len() >= CACHED_TOKENS {
            let now = clock::unix_seconds();
            seen.retain(|_, (_, expires)| *expires > now);
            if seen.len() >= CACHED_TOKENS {
                seen.clear();
            }
        }
        seen.insert(digest, (user, expires));
    }
}
