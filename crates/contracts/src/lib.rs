//! What Airside's services say to each other: wire types and typed clients. Knows no axum and no
//! sqlx.
//!
//! Calls go one way: booking asks flights for seats, the card provider for money, and, as the
//! gateway does, notification for what became of an e-mail; booking's dashboard works notification's
//! ledger; the gateway asks booking and notification to erase a person.

mod call;
pub mod charges;
pub mod email;
pub mod erasure;
pub mod holds;
pub mod jobs;
pub mod masking;
pub mod role;

pub use call::{CallError, Endpoint, OnBehalf, ProblemField, RequestSource, TokenSource};
