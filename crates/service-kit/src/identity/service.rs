//! Tokens by which services know each other (`typ: service+jwt`, 60 s, one audience).

use std::{collections::HashMap, path::Path, sync::Mutex};

use anyhow::Context;
use jsonwebtoken::{DecodingKey, jwk::JwkSet};
use serde::{Deserialize, Serialize};

use super::{SigningKey, Unauthenticated, key_id, validation};
use crate::clock;

const SERVICE_TYPE: &str = "service+jwt";
const LIFETIME_SECONDS: u64 = 60;
/// A token is reused while it has at least this long to live.
const RENEW_BEFORE_SECONDS: u64 = 30;

#[derive(Serialize, Deserialize)]
struct ServiceClaims {
    iss: String,
    aud: String,
    sub: String,
    iat: u64,
    exp: u64,
}

/// Signs this service's calls to others.
pub struct ServiceSigner {
    name: String,
    key: SigningKey,
    current: Mutex<HashMap<String, (String, u64)>>,
}

impl ServiceSigner {
    /// A signer for the service `name`, with its PEM file.
    pub fn from_file(name: &str, path: &Path) -> anyhow::Result<Self> {
        let key = SigningKey::from_file(path, name).context("SERVICE_KEY")?;
        Ok(Self::new(name, key))
    }

    /// A signer for the service `name`.
    pub fn new(name: &str, key: SigningKey) -> Self {
        Self {
            name: name.to_owned(),
            key,
            current: Mutex::default(),
        }
    }

    /// A token that `audience` accepts for at least half a minute.
    pub fn token(&self, audience: &str) -> String {
        let now = clock::unix_seconds();
        let mut current = self
            .current
            .lock()
            .expect("invariant: no panic under the lock");
        if let Some((token, expires)) = current.get(audience)
            && *expires >= now + RENEW_BEFORE_SECONDS
        {
            return token.clone();
        }
        let expires = now + LIFETIME_SECONDS;
        let claims = ServiceClaims {
            iss: self.name.clone(),
            aud: audience.to_owned(),
            sub: self.name.clone(),
            iat: now,
            exp: expires,
        };
        let token = self.key.sign(SERVICE_TYPE, &claims);
        current.insert(audience.to_owned(), (token.clone(), expires));
        token
    }
}

/// Checks the tokens of calling services.
pub struct ServiceVerifier {
    audience: String,
    callers: HashMap<String, DecodingKey>,
    /// Tokens that passed, with caller and expiry: a caller uses one for half a minute.
    seen: Mutex<HashMap<String, (String, u64)>>,
}

/// Verified tokens that are remembered.
const CACHED_TOKENS: usize = 64;

impl ServiceVerifier {
    /// A verifier for the service `audience`. The file is a JWK set whose key ids are the names of
    /// the services that may call.
    pub fn from_file(audience: &str, path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(path)
            .with_context(|| format!("SERVICE_JWKS: reading {}", path.display()))?;
        let set = serde_json::from_slice(&text)
            .with_context(|| format!("SERVICE_JWKS: {} is no JWK set", path.display()))?;
        Self::new(audience, &set)
    }

    /// A verifier for the service `audience` that knows the callers in `set`.
    pub fn new(audience: &str, set: &JwkSet) -> anyhow::Result<Self> {
        let mut callers = HashMap::new();
        for jwk in &set.keys {
            let name = jwk
                .common
                .key_id
                .clone()
                .context("a key of SERVICE_JWKS has no kid")?;
            callers.insert(name, DecodingKey::from_jwk(jwk)?);
        }
        Ok(Self {
            audience: audience.to_owned(),
            callers,
            seen: Mutex::default(),
        })
    }

    /// The name of the service that made the token.
    pub fn verify(&self, token: &str) -> Result<String, Unauthenticated> {
        let now = clock::unix_seconds();
        let mut seen = self
            .seen
            .lock()
            .expect("invariant: no panic under the lock");
        if let Some((caller, expires)) = seen.get(token)
            && *expires > now
        {
            return Ok(caller.clone());
        }
        let claims = self.check(token)?;
        if seen.len() >= CACHED_TOKENS {
            seen.clear();
        }
        seen.insert(token.to_owned(), (claims.iss.clone(), claims.exp));
        Ok(claims.iss)
    }

    fn check(&self, token: &str) -> Result<ServiceClaims, Unauthenticated> {
        let kid = key_id(token, SERVICE_TYPE)?;
        let key = self.callers.get(&kid).ok_or(Unauthenticated::Invalid)?;
        // A service signs for itself only: issuer and key id are the same name.
        let rules = validation(&kid, &self.audience);
        let claims = jsonwebtoken::decode::<ServiceClaims>(token, key, &rules)?.claims;
        match claims.sub == claims.iss {
            true => Ok(claims),
            false => Err(Unauthenticated::Invalid),
        }
    }
}
