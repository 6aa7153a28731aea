//! Booking against the real flights, the real provider, MariaDB and Redis, over a network that
//! loses and delays what the test tells it to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod bad_input;
mod cancelling;
mod creating;
mod document;
mod emails;
mod erasing;
mod expiring;
mod hurrying;
mod network;
mod paying;
mod reconciling;
mod repeating;
mod ui;
mod world;
