//! The command line.

use std::{process::ExitCode, time::Duration};

use anyhow::Context;
use clap::{Parser, Subcommand};
use e2e::audit::{Audit, Schemas};

#[derive(Parser)]
#[command(about = "Audits, measures and torments Airside")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the books: seats, money and mails must agree (AUDIT_DATABASE_URL)
    Audit {
        /// First wait up to so many seconds until nothing is under way
        #[arg(long, value_name = "SECONDS")]
        quiesce: Option<u64>,
        /// What stands before the schemas' usual names
        #[arg(long, default_value = "")]
        schema_prefix: String,
    },
}

/// Runs it.
pub fn run() -> ExitCode {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(dispatch(Cli::parse().command)));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("e2e: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is well.
async fn dispatch(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Audit {
            quiesce,
            schema_prefix,
        } => audit(quiesce, &schema_prefix).await,
    }
}

#[expect(clippy::print_stdout, reason = "the report is the product")]
async fn audit(quiesce: Option<u64>, prefix: &str) -> anyhow::Result<bool> {
    let url = std::env::var("AUDIT_DATABASE_URL")
        .context("AUDIT_DATABASE_URL: is required and not set")?;
    let audit = Audit::new(&url, Schemas::with_prefix(prefix)).context("AUDIT_DATABASE_URL")?;
    if let Some(seconds) = quiesce {
        let left = audit.quiesce(Duration::from_secs(seconds)).await?;
        if left > 0 {
            println!("{left} things are still under way after {seconds} s");
        }
    }
    let report = audit.run().await?;
    print!("{report}");
    Ok(report.is_clean())
}
