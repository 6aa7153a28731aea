//! Notification with a real Redis, a real database and a mail server of the tests' own.

mod delivering;
mod document;
mod erasing;
mod failing;
mod harness;
mod killed;
mod operating;
mod querying;
mod queueing;
mod sink;
mod templates;
mod without_redis;
