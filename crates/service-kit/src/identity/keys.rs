//! Ed25519 key pairs in PKCS#8 PEM (RFC 8410).

use std::path::Path;

use anyhow::Context;
use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes, spki::der::pem::LineEnding};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A private key that signs tokens, with the public half as a JWK.
#[derive(Clone)]
pub struct SigningKey {
    private: EncodingKey,
    public: Jwk,
    kid: String,
}

impl SigningKey {
    /// Reads a PEM file; `kid` names the key in tokens and key sets.
    pub fn from_file(path: &Path, kid: &str) -> anyhow::Result<Self> {
        let pem = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        Self::from_pem(&pem, kid).with_context(|| format!("{} is no Ed25519 key", path.display()))
    }

    /// Reads a PEM.
    pub fn from_pem(pem: &[u8], kid: &str) -> anyhow::Result<Self> {
        let private = EncodingKey::from_ed_pem(pem)?;
        let mut public = Jwk::from_encoding_key(&private, Algorithm::EdDSA)?;
        public.common.key_id = Some(kid.to_owned());
        Ok(Self {
            private,
            public,
            kid: kid.to_owned(),
        })
    }

    /// The public half.
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    /// A secret for another purpose, always the same: who does not have the key cannot make it.
    pub fn secret(&self, purpose: &str) -> [u8; 32] {
        // Ed25519 signs the same text the same way, and this token goes nowhere.
        let signed = self.sign("secret", &serde_json::json!({ "purpose": purpose }));
        Sha256::digest(signed.as_bytes()).into()
    }

    /// Signs `claims` as a JWT of the media type `typ`.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.private)
            .expect("invariant: claims are plain JSON and the key was checked when it was read")
    }
}

/// A fresh private key as PKCS#8 PEM.
pub fn generate_pem() -> anyhow::Result<String> {
    // Without its public half (PKCS#8 version 1): the longer form is unknown to `Jwk`.
    let key = KeypairBytes {
        secret_key: rand::random(),
        public_key: None,
    };
    Ok(key
        .to_pkcs8_pem(LineEnding::LF)
        .context("encoding a new key")?
        .to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_key_can_be_read_and_published() {
        let pem = generate_pem().expect("a key");
        let key = SigningKey::from_pem(pem.as_bytes(), "booking").expect("it is read back");
        assert_eq!(key.public().common.key_id.as_deref(), Some("booking"));
    }

    #[test]
    fn a_secret_is_one_key_s_and_one_purpose_s() {
        let pem = generate_pem().expect("a key");
        let read = || SigningKey::from_pem(pem.as_bytes(), "gateway").expect("it is read back");
        let other = generate_pem().expect("a key");
        let other = SigningKey::from_pem(other.as_bytes(), "gateway").expect("it is read back");
        assert_eq!(read().secret("limits"), read().secret("limits"));
        assert_ne!(read().secret("limits"), read().secret("other"));
        assert_ne!(read().secret("limits"), other.secret("limits"));
    }
}
