//! Serves notification, or with `migrate` brings its schema up to date.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use notification::config::PORT;
use service_kit::{http::openapi, service::ask_health, telemetry::metrics};

#[derive(Parser)]
#[command(about = "Airside's e-mail worker and delivery ledger", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Brings the schema up to date (MIGRATE_DATABASE_URL).
    Migrate,
    /// Prints the part of the API's document that this service answers.
    Openapi,
    /// Prints what this service counts, as JSON.
    Metrics,
    /// Fails unless the one that listens here is ready (HOST, PORT).
    Health,
}

fn main() -> ExitCode {
    service_kit::run("notification", async |env| match Cli::parse().command {
        None => notification::serve(env).await,
        Some(Command::Migrate) => notification::migrate(env).await,
        Some(Command::Openapi) => openapi::print(&notification::routes::routes()),
        Some(Command::Metrics) => metrics::print(&notification::metrics::CATALOGUE.all()),
        Some(Command::Health) => ask_health(env.listen_address(PORT)?).await,
    })
}
