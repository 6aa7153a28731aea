//! Starts the gateway, or one of its tools.

use std::process::ExitCode;

fn main() -> ExitCode {
    service_kit::run("gateway", gateway::cli::run)
}
