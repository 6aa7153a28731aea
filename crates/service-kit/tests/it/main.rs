//! The kit against a real server.

mod database;
mod outbox;

/// Tables that only these tests have.
static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("tests/migrations");
