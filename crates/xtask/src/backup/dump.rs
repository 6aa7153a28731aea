//! Making the dump, by the server's own program.

use super::place::Place;
use crate::install::{self, MARIADB_DUMP};
use crate::layout::Layout;
use crate::process::{find_program, guarded, step};
use crate::services::SERVICES;
use anyhow::{Context as _, Result};
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// MariaDB's, which also reads MySQL, or MySQL's own.
fn program() -> Option<PathBuf> {
    find_program(MARIADB_DUMP.program).or_else(|| find_program("mysqldump"))
}

/// Installs it where it is missing.
pub fn require_program(layout: &Layout) -> Result<()> {
    if program().is_some() {
        return Ok(());
    }
    install::require("backup", &[MARIADB_DUMP], &layout.logs().join("apt.log"))
}

/// Dumps all schemas to `file`, which nobody else can read.
pub fn write(place: &Place, file: &Path) -> Result<()> {
    let program = program().context("no mariadb-dump on the PATH")?;
    let options = place.options()?;
    let output = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    let mut command = guarded(&program);
    command.arg(options.argument()).args([
        // One transaction reads all schemas as of its first instant, and locks nobody out.
        "--single-transaction",
        "--quick",
        "--hex-blob",
        "--no-tablespaces",
        "--default-character-set=utf8mb4",
        // The same data make the same bytes.
        "--order-by-primary",
        "--skip-dump-date",
    ]);
    if !is_mariadb(&program)? {
        // A copy of the data is no replica of the server.
        command.arg("--set-gtid-purged=OFF");
    }
    command
        .arg("--databases")
        .args(SERVICES.iter().map(|service| service.schema));
    let log = place.layout.logs().join("backup.log");
    step::run_into(
        "dumping the schemas",
        &mut command,
        output.try_clone()?,
        &log,
    )?;
    output.sync_all()?;
    Ok(())
}

fn is_mariadb(program: &Path) -> Result<bool> {
    let mut command: Command = guarded(program);
    let version = step::capture("asking for the version", command.arg("--version"), b"")?;
    Ok(version.contains("MariaDB"))
}
