//! Serves the card provider, or with `migrate` brings its schema up to date.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use payment_sandbox::config::PORT;
use service_kit::{service::ask_health, telemetry::metrics};

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
    /// Fails unless the one that listens here is ready (HOST, PORT).
    Health,
}

fn main() -> ExitCode {
    service_kit::run("payment-sandbox", async |env| match Cli::parse().command {
        None => payment_sandbox::serve(env).await,
        Some(Command::Migrate) => payment_sandbox::migrate(env).await,
        Some(Command::Metrics) => metrics::print(&payment_sandbox::CATALOGUE.all()),
        Some(Command::Health) => ask_health(env.listen_address(PORT)?).await,
    })
}
