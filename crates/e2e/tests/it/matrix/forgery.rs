//! Tokens that are nearly right.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use service_kit::identity::{SigningKey, generate_pem};

/// A token in parts, to be changed and signed.
#[derive(Clone)]
pub struct Draft {
    /// JOSE header.
    pub header: Value,
    /// Claims.
    pub claims: Value,
    /// The private key that signs it, PEM.
    pub pem: String,
}

impl Draft {
    /// Signed as it is, whatever the header says.
    pub fn signed(&self) -> String {
        let key = EncodingKey::from_ed_pem(self.pem.as_bytes()).unwrap();
        let message = self.message();
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }

    /// Signed with something public as the secret.
    pub fn signed_by_secret(&self, secret: &[u8]) -> String {
        let message = self.message();
        let key = EncodingKey::from_secret(secret);
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }

    /// Without a signature, and without the dot before it.
    pub fn message(&self) -> String {
        let [header, claims] = [&self.header, &self.claims].map(encoded);
        format!("{header}.{claims}")
    }

    /// Says something else in its header.
    pub fn with_header(&self, name: &str, value: impl Into<Value>) -> Self {
        let mut other = self.clone();
        other.header[name] = value.into();
        other
    }

    /// Claims something else.
    pub fn claiming(&self, name: &str, value: impl Into<Value>) -> Self {
        let mut other = self.clone();
        other.claims[name] = value.into();
        other
    }

    /// Does not claim that.
    pub fn not_claiming(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.claims.as_object_mut().unwrap().remove(name).unwrap();
        other
    }

    /// Has no such header.
    pub fn without_header(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.header.as_object_mut().unwrap().remove(name).unwrap();
        other
    }

    /// By a thief's own key.
    pub fn by_a_thief(&self) -> Self {
        let pem = generate_pem().unwrap();
        Self {
            pem,
            ..self.clone()
        }
    }

    /// The public half of its key: a JWK.
    pub fn public(&self) -> Value {
        let key = SigningKey::from_pem(self.pem.as_bytes(), "thief").unwrap();
        json!(key.public())
    }
}

/// Seconds since the epoch.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs()
}

/// One bit changed in the middle of one of the three parts.
pub fn flipped(token: &str, part: usize) -> String {
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&parts[part]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    parts[part] = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    parts.join(".")
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}
