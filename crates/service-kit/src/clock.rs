//! The one place that reads the wall clock. Guards of state changes use the database's `NOW(6)`
//! instead; a rule that depends on time takes the instant as a parameter.

use chrono::{DateTime, Utc};

/// The current instant in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the wall clock"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Seconds since the Unix epoch, as JWT's NumericDate (RFC 7519) counts them.
pub fn unix_seconds() -> u64 {
    u64::try_from(now().timestamp()).unwrap_or(0)
}
