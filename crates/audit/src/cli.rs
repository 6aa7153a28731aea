//! The command line.

use std::{process::ExitCode, time::Duration};

use anyhow::Context;
use clap::{Parser, Subcommand};
use service_kit::{config::Env, service, telemetry::metrics};
use tokio::runtime;

use crate::{Audit, Schemas, config::PORT, patrol};

/// Checks the books: seats, money and mails must agree (`AUDIT_DATABASE_URL`). Without a command
/// once: 0 clean, 1 not, 2 it could not be done.
#[derive(Parser)]
pub struct Cli {
    /// First wait up to so many seconds until nothing is under way
    #[arg(long, value_name = "SECONDS")]
    quiesce: Option<u64>,
    /// What stands before the schemas' usual names
    #[arg(long, default_value = "")]
    schema_prefix: String,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Checks again and again, and shows Prometheus what it found
    Patrol,
    /// Fails unless a patrol shows here what it found (HOST, PORT)
    Health,
    /// Prints what it counts, as JSON
    Metrics,
}

impl Cli {
    /// Does it.
    pub fn run(self) -> ExitCode {
        match self.command {
            None => self.once(),
            Some(Command::Patrol) => {
                let schemas = Schemas::with_prefix(&self.schema_prefix);
                service_kit::run("audit", async |env| patrol::run(env, schemas).await)
            }
            Some(Command::Health) => service_kit::run("audit", async |env| {
                service::ask_metrics(env.listen_address(PORT)?).await
            }),
            Some(Command::Metrics) => {
                service_kit::run("audit", async |_| metrics::print(&patrol::catalogue()))
            }
        }
    }

    fn once(self) -> ExitCode {
        let checked = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("no runtime")
            .and_then(|runtime| runtime.block_on(self.check()));
        match checked {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("audit: {error:#}");
                ExitCode::from(2)
            }
        }
    }

    #[expect(clippy::print_stdout, reason = "the report is the product")]
    async fn check(self) -> anyhow::Result<bool> {
        let env = Env::from_process()?;
        let url = env.required("AUDIT_DATABASE_URL")?;
        let schemas = Schemas::with_prefix(&self.schema_prefix);
        let audit = Audit::new(url, schemas).context("AUDIT_DATABASE_URL")?;
        let mut left = vec![];
        if let Some(seconds) = self.quiesce
            && audit.quiesce(Duration::from_secs(seconds)).await? > 0
        {
            left = audit.left().await?;
            for part in &left {
                println!(
                    "STILL UNDER WAY after {seconds} s: {} x {}",
                    part.count, part.kind
                );
            }
        }
        let report = audit.run().await?;
        print!("{report}");
        Ok(report.is_clean() && left.is_empty())
    }
}
