//! The flights service as it runs, on a real server.

mod harness;
mod holds;
