//! The gateway's public keys, fetched when first needed, cached, kept when it cannot be reached.

use std::{
    collections::HashMap,
    sync::RwLock,
    time::{Duration, Instant},
};

use jsonwebtoken::{DecodingKey, jwk::JwkSet};
use tokio::sync::Mutex;

use super::Unauthenticated;

/// An unknown key id refetches at most this often.
const REFETCH_PAUSE: Duration = Duration::from_secs(5);
/// After a fetch that failed the next one waits this long: tokens of unknown keys must not queue
/// up behind a gateway that hangs.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
const FETCH_TIMEOUT: Duration = Duration::from_secs(2);

/// A set of public keys by key id.
pub struct Keys {
    known: RwLock<HashMap<String, DecodingKey>>,
    source: Option<Source>,
}

struct Source {
    url: String,
    client: reqwest::Client,
    /// No fetch begins before this.
    not_before: Mutex<Option<Instant>>,
}

impl Keys {
    /// No key at all: for a service that nobody calls with an access token.
    pub fn none() -> Self {
        Self::fixed(&JwkSet { keys: vec![] })
    }

    /// Keys that are known from the start and never fetched.
    pub fn fixed(set: &JwkSet) -> Self {
        Self {
            known: RwLock::new(by_id(set)),
            source: None,
        }
    }

    /// Keys published at `url` as a JWK set (RFC 7517).
    pub fn published_at(url: impl Into<String>, client: reqwest::Client) -> Self {
        let source = Source {
            url: url.into(),
            client,
            not_before: Mutex::new(None),
        };
        Self {
            known: RwLock::default(),
            source: Some(source),
        }
    }

    /// The key named `kid`, fetched if it is not known yet.
    pub async fn get(&self, kid: &str) -> Result<DecodingKey, Unauthenticated> {
        if let Some(key) = self.known(kid) {
            return Ok(key);
        }
        let Some(source) = &self.source else {
            return Err(Unauthenticated::Invalid);
        };
        // One fetch at a time; who waited finds the key there.
        let mut not_before = source.not_before.lock().await;
        if let Some(key) = self.known(kid) {
            return Ok(key);
        }
        if not_before.is_none_or(|next| next <= Instant::now()) {
            match fetch(source).await {
                Ok(set) => {
                    *self
                        .known
                        .write()
                        .expect("invariant: no panic under the lock") = by_id(&set);
                    *not_before = Some(Instant::now() + REFETCH_PAUSE);
                }
                Err(error) => {
                    tracing::warn!(%error, "the gateway's keys could not be fetched");
                    *not_before = Some(Instant::now() + RETRY_PAUSE);
                }
            }
        }
        self.known(kid).ok_or_else(|| match self.is_empty() {
            true => Unauthenticated::KeysAway,
            false => Unauthenticated::Invalid,
        })
    }

    fn known(&self, kid: &str) -> Option<DecodingKey> {
        self.known
            .read()
            .expect("invariant: no panic under the lock")
            .get(kid)
            .cloned()
    }

    fn is_empty(&self) -> bool {
        self.known
            .read()
            .expect("invariant: no panic under the lock")
            .is_empty()
    }
}

async fn fetch(source: &Source) -> reqwest::Result<JwkSet> {
    let request = source.client.get(&source.url).timeout(FETCH_TIMEOUT);
    request.send().await?.error_for_status()?.json().await
}

fn by_id(set: &JwkSet) -> HashMap<String, DecodingKey> {
    let usable = set.keys.iter().filter_map(|jwk| {
        let kid = jwk.common.key_id.clone()?;
        Some((kid, DecodingKey::from_jwk(jwk).ok()?))
    });
    usable.collect()
}
