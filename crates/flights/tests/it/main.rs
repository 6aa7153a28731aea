//! The flights service as it runs, on a real server.

mod access;
mod airline_scope;
mod bad_reads;
mod bad_writes;
mod client;
mod days;
mod document;
mod fleet;
mod harness;
mod hold_races;
mod holds;
mod import;
mod import_races;
mod operation;
mod places;
mod sale;
mod search;
mod search_plans;
mod stays_fixed;
mod sweep;
mod timetable;
