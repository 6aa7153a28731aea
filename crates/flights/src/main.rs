//! The flights service: see the library.

use std::process::ExitCode;

use clap::Parser;
use flights::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    service_kit::run("flights", async |env| cli.run(env).await)
}
