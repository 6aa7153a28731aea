//! The `{holdId}` of the path.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use service_kit::http::problem::Problem;
use ulid::Ulid;

/// A ULID in its canonical form: 26 characters, capitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldId(String);

impl HoldId {
    /// The 26 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let canonical = Ulid::from_string(text).ok()?.to_string();
        (canonical == text).then_some(Self(canonical))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for HoldId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::malformed("The path is malformed"))?;
        let (_, raw) = params.iter().next().unwrap_or_default();
        Self::parse(raw).ok_or_else(|| Problem::field("holdId", "ulid", "must be a ULID"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_ulids_are_hold_ids() {
        assert!(HoldId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV").is_some());
        for bad in [
            "",
            "01arz3ndektsv4rrffq69g5fav",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "O1ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            assert!(HoldId::parse(bad).is_none(), "{bad}");
        }
    }
}
