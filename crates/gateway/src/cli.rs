//! The command line: without a command the gateway serves.

mod keys;
mod users;

use std::{
    io::{Write, stdout},
    path::PathBuf,
};

use clap::{Parser, Subcommand};
use serde_json::{Value, json};
use service_kit::{config::Env, http::openapi, service::ask_health, telemetry::metrics};

use crate::{accounts::Role, config::PORT, limits::Policy, routes};

/// Airside's front door.
#[derive(Parser)]
#[command(name = "gateway", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Brings the schema up to date (MIGRATE_DATABASE_URL)
    Migrate,
    /// Prints the part of the API's document that the gateway answers itself
    Openapi,
    /// Prints which rate limit policy each route has, as JSON
    Limits,
    /// Prints what the gateway counts, as JSON
    Metrics,
    /// Fails unless the one that listens here is ready (HOST, PORT)
    Health,
    /// Administrators
    #[command(subcommand)]
    Admin(Admin),
    /// Accounts
    #[command(subcommand)]
    User(User),
    /// Signing keys
    #[command(subcommand)]
    Keys(Keys),
}

#[derive(Subcommand)]
enum Admin {
    /// Adds an administrator; the password is the first line of stdin
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
    },
}

#[derive(Subcommand)]
enum User {
    /// Adds an account; the password is the first line of stdin
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// CUSTOMER, FLIGHT_COMPANY or ADMIN
        #[arg(long)]
        role: Role,
        /// Designator of the airline, for FLIGHT_COMPANY
        #[arg(long)]
        airline: Option<String>,
    },
    /// Adds accounts with their hashes from CSV: email,name,password_hash,role,airline
    Import { file: PathBuf },
}

#[derive(Subcommand)]
enum Keys {
    /// Writes a fresh Ed25519 key (PEM, mode 0600) and prints its public half as a JWK
    Create {
        file: PathBuf,
        /// The key's id in the JWK
        #[arg(long)]
        kid: String,
    },
}

/// Does what the command line says.
pub async fn run(env: Env) -> anyhow::Result<()> {
    match Cli::parse().command {
        None => crate::serve(env).await,
        Some(Command::Migrate) => crate::migrate(env).await,
        Some(Command::Openapi) => openapi::print(&routes::routes()),
        Some(Command::Limits) => limits(),
        Some(Command::Metrics) => metrics::print(&crate::metrics::CATALOGUE.all()),
        Some(Command::Health) => ask_health(env.listen_address(PORT)?).await,
        Some(Command::Admin(Admin::Create { email, name })) => {
            users::create(&env, email, name, Role::Admin, None).await
        }
        Some(Command::User(User::Create {
            email,
            name,
            role,
            airline,
        })) => users::create(&env, email, name, role, airline).await,
        Some(Command::User(User::Import { file })) => users::import(&env, &file).await,
        Some(Command::Keys(Keys::Create { file, kid })) => keys::create(&file, &kid),
    }
}

fn limits() -> anyhow::Result<()> {
    let routes = routes::routes();
    let limits = routes.table().iter().map(|route| {
        let policy = Policy::of(route);
        json!({
            "method": route.method,
            "path": route.path,
            "policy": policy.name(),
            "allows": policy.in_words(),
        })
    });
    writeln!(stdout(), "{:#}", limits.collect::<Value>())?;
    Ok(())
}
