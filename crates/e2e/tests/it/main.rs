//! The whole system, black box: HTTP through the gateway, SQL only for the audit and for time.
#![expect(clippy::unwrap_used, reason = "a test ends by panicking")]

mod audit;
mod books;
