//! Access tokens of people (RFC 9068 style, `typ: at+jwt`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Keys, Revocations, Unauthenticated, key_id, validation};
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

/// Whom a token speaks for, and in which session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub user: Arc<User>,
    /// The session, a ULID.
    pub session: Arc<str>,
    issued: u64,
    expires: u64,
}

/// Checks access tokens.
pub struct UserVerifier {
    keys: Keys,
    revocations: Revocations,
    seen: Mutex<HashMap<[u8; 32], SignedIn>>,
}

impl UserVerifier {
    /// A verifier that trusts these keys.
    pub fn new(keys: Keys) -> Self {
        Self {
            keys,
            revocations: Revocations::default(),
            seen: Mutex::default(),
        }
    }

    /// The tokens that it knows to be taken back.
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// The same, but for tokens that were taken back.
    pub fn except(self, revocations: Revocations) -> Self {
        Self {
            revocations,
            ..self
        }
    }

    /// Who the token speaks for.
    pub async fn verify(&self, token: &str) -> Result<SignedIn, Unauthenticated> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let signed_in = match self.remembered(&digest) {
            Some(signed_in) => signed_in,
            None => {
                let signed_in = self.check(token).await?;
                self.remember(digest, signed_in.clone());
                signed_in
            }
        };
        match self.revocations.cover(&signed_in.session, signed_in.issued) {
            true => Err(Unauthenticated::Revoked),
            false => Ok(signed_in),
        }
    }

    async fn check(&self, token: &str) -> Result<SignedIn, Unauthenticated> {
        let key = self.keys.get(&key_id(token, ACCESS_TYPE)?).await?;
        let rules = validation(ACCESS_ISSUER, ACCESS_AUDIENCE);
        let claims = jsonwebtoken::decode::<AccessClaims>(token, &key, &rules)?.claims;
        if claims.sub != claims.user.id.to_string() {
            return Err(Unauthenticated::Invalid);
        }
        Ok(SignedIn {
            user: Arc::new(claims.user),
            session: claims.sid.into(),
            issued: claims.iat,
            expires: claims.exp,
        })
    }

    fn remembered(&self, digest: &[u8; 32]) -> Option<SignedIn> {
        let seen = self
            .seen
            .lock()
            .expect("invariant: no panic under the lock");
        let signed_in = seen.get(digest)?;
        (signed_in.expires > clock::unix_seconds()).then(|| signed_in.clone())
    }

    fn remember(&self, digest: [u8; 32], signed_in: SignedIn) {
        let mut seen = self
            .seen
            .lock()
            .expect("invariant: no panic under the lock");
        if seen.len() >= CACHED_TOKENS {
            let now = clock::unix_seconds();
            seen.retain(|_, signed_in| signed_in.expires > now);
            if seen.len() >= CACHED_TOKENS {
                seen.clear();
            }
        }
        seen.insert(digest, signed_in);
    }
}
