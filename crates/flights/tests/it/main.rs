//! The flights service as it runs, on a real server.

mod access;
mod bad_input;
mod harness;
mod holds;
mod import;
mod inventory;
mod operation;
mod sale;
mod search;
mod stays_fixed;
