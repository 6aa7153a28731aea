//! What Airside's services say to each other: wire types and typed clients. Knows no axum and no
//! sqlx.
//!
//! Calls go one way: booking asks flights for seats, the card provider for money, and, as the
//! gateway does, notification for what became of an e-mail.

mod call;
pub mod charges;
pub mod email;
pub mod holds;
pub mod role;

pub use call::{CallError, Endpoint, OnBehalf, RequestSource, TokenSource};
