//! What clients are told of their limits: the RateLimit and RateLimit-Policy headers of
//! draft-ietf-httpapi-ratelimit-headers-10, lists of strings with parameters (RFC 9651).

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::policy::{Policy, Quota};

/// Which policies cover a request: `"search";q=300;w=60`.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How the client stands: `"search";r=299;t=1`.
pub const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// How somebody stands under a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub policy: Policy,
    /// What it allows.
    pub quota: Quota,
    /// Requests that may be made right now.
    pub left: u32,
    /// Until there is one more.
    pub wait: Duration,
}

impl Standing {
    fn policy_item(&self) -> String {
        let (name, Quota { max, window }) = (self.policy.name(), self.quota);
        format!("\"{name}\";q={max};w={}", window.as_secs())
    }

    fn limit_item(&self) -> String {
        let (name, reset) = (self.policy.name(), seconds_up(self.wait));
        format!("\"{name}\";r={};t={reset}", self.left)
    }
}

/// The values of the two headers.
pub fn lists(standings: &[Standing]) -> [(HeaderName, HeaderValue); 2] {
    let list = |item: fn(&Standing) -> String| {
        let items: Vec<_> = standings.iter().map(item).collect();
        text(items.join(", "))
    };
    [
        (POLICY, list(Standing::policy_item)),
        (LIMIT, list(Standing::limit_item)),
    ]
}

/// Says in an answer how the client stands, beside what it says already.
pub fn write(standing: &Standing, headers: &mut HeaderMap) {
    headers.append(POLICY, text(standing.policy_item()));
    headers.append(LIMIT, text(standing.limit_item()));
}

fn text(list: String) -> HeaderValue {
    HeaderValue::try_from(list).expect("invariant: names and numbers are header text")
}

/// Whole seconds, at least one.
pub fn seconds_up(span: Duration) -> u64 {
    let whole = u64::try_from(span.as_nanos().div_ceil(1_000_000_000));
    whole.unwrap_or(u64::MAX).max(1)
}
