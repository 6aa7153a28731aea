//! The audit: see the library.

use std::process::ExitCode;

use audit::cli::Cli;
use clap::Parser;

fn main() -> ExitCode {
    Cli::parse().run()
}
