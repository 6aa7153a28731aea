//! The task runner with real processes and real servers.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod commands;
mod console;
mod databases;
mod generated;
mod helpers;
mod http;
mod preflight;
mod sink;
mod steps;
mod supervision;
mod whole_stack;
