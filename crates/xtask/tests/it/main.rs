//! The task runner with real processes and real servers.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod alerting;
mod backup;
mod commands;
mod compose;
mod console;
mod databases;
mod generated;
mod helpers;
mod http;
mod journey;
mod logs;
mod preflight;
mod sink;
mod stack;
mod steps;
mod supervision;
mod watching;
mod whole_restore;
mod whole_stack;
