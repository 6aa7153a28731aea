//! Tokens that say nothing: whoever has one may do what it was made for.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// 256 bits of chance. Only its hash is stored where it is checked, and it never prints.
#[derive(Clone, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct OpaqueToken(String);

impl OpaqueToken {
    /// A new one.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// What is stored of it.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// What its holder gets to see: base64url, 43 characters.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken")
    }
}
