//! The commands, in one list: `cargo xtask help` prints it.

use crate::layout::Layout;
use crate::{
    backup, checks, compose, configuration, docs, down, frontend, fuzz, heavy, import, logs,
    monitoring, openapi, seed, sink, status, up,
};
use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Runs, checks and measures Airside"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start everything: servers, mail inbox, migrations, data, the five services, the front end,
    /// Prometheus
    Up(UpOptions),
    /// Stop everything that `up` started and wait until it is gone
    Down,
    /// Show each part with its address, pid and health, the mail inbox and the demo accounts
    Status {
        /// As one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Start one stopped part, for example: start booking
    Start {
        /// A name that `status` lists
        part: String,
    },
    /// Stop one part and keep it stopped until `start`
    Stop {
        /// A name that `status` lists
        part: String,
    },
    /// Show one request across the services' logs, in order of time
    Logs {
        /// The answer's header x-correlation-id
        id: String,
        /// Logs of another place: its LOG_DIR
        #[arg(long, value_name = "FOLDER")]
        from: Option<PathBuf>,
    },
    /// Write all five schemas to a folder, as one instant
    Backup {
        /// A folder that does not exist yet; else .data/backups/TIME
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// Bring the schemas of a backup back; the stack must be down
    Restore {
        /// What `backup` made
        folder: PathBuf,
        /// Throw away what is in the schemas now
        #[arg(long)]
        force: bool,
    },
    /// Run every test on throw-away MariaDB and Redis servers
    Test {
        /// Handed to `cargo test --workspace`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Check formatting, clippy, docs and unused dependencies
    Lint,
    /// What must pass before a merge: test, then lint
    Ci,
    /// Put the demo data and the demo accounts into the running stack (again)
    Seed {
        /// The data set
        #[arg(value_enum, default_value_t = Data::Demo)]
        data: Data,
    },
    /// Import flights into the running stack: the whole New York year, or a CSV of your own
    Import {
        /// `nyc`, or the path of a CSV (.csv or .csv.gz) in the import format
        source: String,
    },
    /// Check the books of the running stack: seats, money and mails must agree
    Audit {
        /// Passed on, for example: --quiesce 60
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Write the API's document, crates/gateway/openapi.json, from the code of the services
    Openapi {
        /// Only fail if the committed one is another
        #[arg(long)]
        check: bool,
    },
    /// Write MONITORING.md, the catalogue of metrics, from the code of the services
    Monitoring {
        /// Only fail if the committed one is another
        #[arg(long)]
        check: bool,
    },
    /// Check the front end: style, types, its own tests, and in a browser on a stack of its own
    FrontendCheck,
    /// Run the examples of API_DOC.md and README.md on a stack of their own; it must answer as they say
    DocsCheck,
    /// Ask for all that the document names, rightly and wrongly, as everybody (schemathesis)
    Fuzz {
        /// Passed on, for example: --cases 10000 --role ADMIN --seed 7
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Write the table of all variables, in docs/operations.md, from the code
    Configuration {
        /// Only fail if the committed one is another
        #[arg(long)]
        check: bool,
    },
    /// Run docker-compose.yml without a container engine: same binaries, environment, health checks
    /// and order, on loopback; then the story and the audit
    ComposeCheck {
        /// With a real MySQL instead of the distribution's MariaDB
        #[arg(long)]
        mysql: bool,
    },
    /// Measure throughput and latency beside nginx; `gateway`: it as a proxy beside nginx; `attack`:
    /// what slow clients and many sign-ins do to everybody else
    Bench {
        /// Passed on, for example: search --seconds 5
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Kill services at random under load, then audit
    Chaos {
        /// Passed on
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// The SMTP sink that `up` starts where there is no Node
    #[command(hide = true)]
    Sink(sink::Options),
}

/// Options of `up`.
#[derive(Debug, Clone, Args)]
pub struct UpOptions {
    /// Return once everything is ready; it keeps running until `down`
    #[arg(long)]
    pub detach: bool,
    /// Optimised binaries
    #[arg(long)]
    pub release: bool,
    /// Without Prometheus and Alertmanager
    #[arg(long)]
    pub no_prometheus: bool,
    /// Without the web front end
    #[arg(long)]
    pub no_frontend: bool,
    /// The flights to start with
    #[arg(long, value_enum, default_value_t = Data::Demo)]
    pub data: Data,
    /// `off`: no rate limit and no limit on unpaid holds, for measuring only
    #[arg(long, value_enum, default_value_t = Limits::On)]
    pub limits: Limits,
}

/// A data set that `flights seed` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Data {
    /// 80 airports of the world and a weekly schedule, for the next 60 days
    Demo,
    /// 28 days of real departures from New York
    Nyc,
    /// Nothing
    None,
}

impl Data {
    /// The name on command lines; `None` has none.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Demo => Some("demo"),
            Self::Nyc => Some("nyc"),
            Self::None => None,
        }
    }
}

/// Whether the limits that protect a real installation apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Limits {
    /// As in production
    On,
    /// For `bench`
    Off,
}

/// Runs one command.
pub fn run(cli: Cli) -> Result<()> {
    if let Command::Sink(options) = cli.command {
        // It runs in the data folder, which may lie outside of the workspace.
        return sink::run(&options);
    }
    let layout = Layout::find()?;
    match cli.command {
        Command::Up(options) => up::run(layout, &options),
        Command::Down => down::run(&layout),
        Command::Status { json } => status::run(&layout, json),
        Command::Start { part } => status::start(&layout, &part),
        Command::Stop { part } => status::stop(&layout, &part),
        Command::Logs { id, from } => logs::run(&layout, &id, from.as_deref()),
        Command::Backup { to } => backup::run(&layout, to),
        Command::Restore { folder, force } => backup::restore(&layout, &folder, force),
        Command::Test { args } => checks::test(&layout, &args),
        Command::Lint => checks::lint(&layout),
        Command::Ci => checks::test(&layout, &[]).and_then(|()| checks::lint(&layout)),
        Command::Seed { data } => seed::run(&layout, data),
        Command::Import { source } => import::run(&layout, &source),
        Command::Audit { args } => heavy::audit(&layout, &args),
        Command::Openapi { check } => openapi::run(&layout, check),
        Command::Monitoring { check } => monitoring::run(&layout, check),
        Command::Configuration { check } => configuration::run(&layout.root, check),
        Command::ComposeCheck { mysql } => compose::run(&layout, mysql),
        Command::FrontendCheck => frontend::check::alone(&layout),
        Command::DocsCheck => docs::alone(&layout),
        Command::Fuzz { args } => fuzz::run(&layout, &args),
        Command::Bench { args } => heavy::bench(&layout, &args),
        Command::Chaos { args } => heavy::chaos(&layout, &args),
        Command::Sink(_) => unreachable!("it was run above"),
    }
}
