//! The gateway as its clients meet it: the real service on a real database, with real servers
//! behind it.

mod accounts;
mod harness;
