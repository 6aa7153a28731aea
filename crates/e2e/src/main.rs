//! The heavy tools: audit, bench, chaos. `cargo xtask` builds and runs this.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
