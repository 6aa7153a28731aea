//! Serves the card provider, or with `migrate` brings its schema up to date.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use service_kit::telemetry::metrics;

#[derive(Parser)]
#[command(about = "A card provider to develop and test against", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Brings the schema up to date (MIGRATE_DATABASE_URL).
    Migrate,
    /// Prints what this service counts, as JSON.
    Metrics,
}

fn main() -> ExitCode {
    service_kit::run("payment-sandbox", async |env| match Cli::parse().command {
        None => payment_sandbox::serve(env).await,
        Some(Command::Migrate) => payment_sandbox::migrate(env).await,
        Some(Command::Metrics) => metrics::print(&payment_sandbox::CATALOGUE.all()),
    })
}
