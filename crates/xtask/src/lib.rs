//! The task runner of Airside: one program that starts, checks and measures the whole stack.
//!
//! Start reading at [`cli`] (the commands), then [`up`] (the recipe behind `cargo xtask up`) and
//! [`supervisor`] (what keeps its processes alive and ends them). It stays small, without tokio or
//! sqlx, because everybody builds it first: heavy work is done by the `e2e` binary it starts.

pub mod accounts;
pub mod backup;
pub mod build;
pub mod checks;
pub mod cli;
pub mod compose;
pub mod configuration;
pub mod console;
pub mod database;
pub mod debian;
pub mod docs;
pub mod down;
pub mod frontend;
pub mod fuzz;
pub mod generated;
pub mod heavy;
pub mod import;
pub mod install;
pub mod interrupt;
pub mod keys;
pub mod layout;
pub mod logs;
pub mod monitoring;
pub mod mysql_url;
pub mod openapi;
pub mod own_stack;
pub mod preflight;
pub mod process;
pub mod python;
pub mod secrets;
pub mod seed;
pub mod servers;
pub mod services;
pub mod sink;
pub mod stack;
pub mod status;
pub mod supervisor;
pub mod up;
pub mod watching;

use clap::Parser as _;
use std::process::ExitCode;

/// Runs the command line; the exit code is 0 only when the command did what it says.
pub fn main() -> ExitCode {
    if let Some(code) = process::shim::run_if_asked() {
        return code;
    }
    match cli::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
