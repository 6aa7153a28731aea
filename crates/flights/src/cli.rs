//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use service_kit::{config::Env, http::openapi, service::ask_health, telemetry::metrics};

use crate::{config::PORT, import, routes};

/// Cities, airports, airplanes, flights, search and holds. Without a command it serves.
#[derive(Parser)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Bring the schema to this binary's version (`MIGRATE_DATABASE_URL`)
    Migrate,
    /// Print the part of the API's document that this service answers
    Openapi,
    /// Print what this service counts, as JSON
    Metrics,
    /// Fail unless the one that listens here is ready (`HOST`, `PORT`)
    Health,
    /// Put a data set into the schema; what is there already stays as it is
    Seed {
        /// Which data set
        set: DataSet,
        /// How many local days from today the demo's schedule is expanded to
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1000))]
        days: u32,
        /// The folder of the data sets
        #[arg(long, default_value = "data")]
        folder: PathBuf,
    },
    /// Import flights from a CSV; airlines.csv and airplanes.csv lie in the same folder
    Import {
        /// The file, gzipped if its name ends with .gz
        file: PathBuf,
        /// Add a return leg to each flight, departing an hour after its arrival
        #[arg(long)]
        mirror: bool,
        /// Shift all dates by whole weeks so that the first day is at least this far ahead
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=3650))]
        start_ahead_days: Option<u32>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum DataSet {
    /// Ten invented airlines, expanded from a weekly schedule
    Demo,
    /// Four weeks of departures from New York, with return legs, a week ahead
    Nyc,
}

impl Cli {
    /// Does what the command line says.
    pub async fn run(self, env: Env) -> anyhow::Result<()> {
        match self.command {
            None => crate::serve(env).await,
            Some(Command::Migrate) => crate::migrate(env).await,
            Some(Command::Openapi) => openapi::print(&routes::routes()),
            Some(Command::Metrics) => metrics::print(&crate::metrics::CATALOGUE.all()),
            Some(Command::Health) => ask_health(env.listen_address(PORT)?).await,
            Some(Command::Seed { set, days, folder }) => match set {
                DataSet::Demo => import::seed_demo(&env, &folder, days).await,
                DataSet::Nyc => import::seed_nyc(&env, &folder).await,
            },
            Some(Command::Import {
                file,
                mirror,
                start_ahead_days,
            }) => import::import_file(&env, &file, mirror, start_ahead_days).await,
        }
    }
}
