//! The card provider on a real database.

mod charging;
mod harness;
mod killed;
mod refunding;
mod voiding;
