//! The whole system, black box: HTTP through the gateway, SQL only for the audit and for time.
#![expect(clippy::unwrap_used, reason = "a test ends by panicking")]

mod access;
mod accounts;
mod attack;
mod audit;
mod books;
mod canaries;
mod chaos;
mod configuration;
mod dashboards;
mod document;
mod erasing;
mod following;
mod limits;
mod mail;
mod matrix;
mod metrics;
mod payments;
mod problems;
mod processes;
mod queues;
mod rights;
mod rotation;
mod seats;
mod shared;
mod stays_fixed;
mod story;
mod variables;
