//! The gateway as its clients meet it: the real service on a real database, with real servers
//! behind it.

mod accounts;
mod administration;
mod bad_input;
mod busy;
mod erasing;
mod events;
mod guessing;
mod harness;
mod limits;
mod listener;
mod migration;
mod process;
mod profile;
mod proxy;
mod reference;
mod repeats;
mod reset;
mod sessions;
mod shared_limits;
mod slowness;
mod stays_fixed;
mod streaming;
mod tokens;
mod tools;
mod upstreams;
mod verification;
