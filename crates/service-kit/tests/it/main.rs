//! The kit against a real server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod database;
mod document;
mod life;
mod listener;
mod lost;
mod outbox;
mod queries;
mod tunnel;

/// Tables that only these tests have.
static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("tests/migrations");
