//! Who calls: people by access tokens that the gateway signs, services by tokens of their own.
//! Both are Ed25519 JWTs (RFC 8037); neither kind passes for the other.

mod jwks;
mod keys;
pub mod revocations;
mod service;
mod user;

pub use jwks::Keys;
pub use keys::{SigningKey, generate_pem};
pub use revocations::Revocations;
pub use service::{ServiceSigner, ServiceVerifier};
pub use user::{
    ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYPE, AccessClaims, SignedIn, User, UserVerifier,
};

/// Clock difference in seconds that is forgiven between machines.
pub const LEEWAY_SECONDS: u64 = 5;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// Why a token does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthenticated {
    /// It was good once.
    Expired,
    /// Its session has ended, or its holder's roles have changed since.
    Revoked,
    /// It was not made by whom it says, for whom it says, or at all.
    Invalid,
    /// No key could be had to check it with.
    KeysAway,
}

impl From<jsonwebtoken::errors::Error> for Unauthenticated {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        match error.kind() {
            jsonwebtoken::errors::ErrorKind::ExpiredSignature => Self::Expired,
            _ => Self::Invalid,
        }
    }
}

/// Reads a token's header without trusting it: the algorithm must be EdDSA, `typ` as expected,
/// and a key id be there.
fn key_id(token: &str, expected_type: &str) -> Result<String, Unauthenticated> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Unauthenticated::Invalid);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Unauthenticated::Invalid)?;
    let right_type = header
        .typ
        .is_some_and(|typ| typ.eq_ignore_ascii_case(expected_type));
    if header.alg != jsonwebtoken::Algorithm::EdDSA || !right_type {
        return Err(Unauthenticated::Invalid);
    }
    header.kid.ok_or(Unauthenticated::Invalid)
}

fn validation(issuer: &str, audience: &str) -> jsonwebtoken::Validation {
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.leeway = LEEWAY_SECONDS;
    validation
}
