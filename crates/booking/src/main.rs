//! The booking service: see the library.

use std::process::ExitCode;

use booking::config::PORT;
use clap::{Parser, Subcommand};
use service_kit::{http::openapi, service::ask_health, telemetry::metrics};

/// Bookings, payments, expiry, outbox. Without a command it serves.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Brings the schema to this binary's version (`MIGRATE_DATABASE_URL`).
    Migrate,
    /// Prints the part of the API's document that this service answers.
    Openapi,
    /// Prints what this service counts, as JSON.
    Metrics,
    /// Fails unless the one that listens here is ready (HOST, PORT).
    Health,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    service_kit::run("booking", async |env| match cli.command {
        None => booking::serve(env).await,
        Some(Command::Migrate) => booking::migrate(env).await,
        Some(Command::Openapi) => openapi::print(&booking::routes::routes()),
        Some(Command::Metrics) => metrics::print(&booking::metrics::CATALOGUE.all()),
        Some(Command::Health) => ask_health(env.listen_address(PORT)?).await,
    })
}
