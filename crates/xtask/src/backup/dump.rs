//! Making the dump, by the server's own program.

use super::place::{Make, Place, text_of};
use crate::install::{self, MARIADB_DUMP};
use crate::process::{find_program, guarded, step};
use crate::services::SERVICES;
use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The program of the server's own make, installed where it is missing. MariaDB's writes generated
/// columns in a way that MySQL refuses to read.
pub fn program(place: &Place) -> Result<PathBuf> {
    let make = Make::of(&text_of(place, "SELECT VERSION()")?);
    if let Some(program) = installed(make)? {
        return Ok(program);
    }
    if make == Make::MySql {
        bail!("a MySQL server needs MySQL's own mysqldump on the PATH; MariaDB's does not do");
    }
    let log = place.layout.logs().join("apt.log");
    install::require("backup", &[MARIADB_DUMP], &log)?;
    installed(make)?.context("no mariadb-dump on the PATH")
}

fn installed(make: Make) -> Result<Option<PathBuf>> {
    for name in [MARIADB_DUMP.program, "mysqldump"] {
        if let Some(program) = find_program(name) {
            let mut command = guarded(&program);
            let version = step::capture("asking for the version", command.arg("--version"), b"")?;
            if Make::of(&version) == make {
                return Ok(Some(program));
            }
        }
    }
    Ok(None)
}

/// Dumps all schemas to `file`, which nobody else can read.
pub fn write(place: &Place, program: &Path, file: &Path) -> Result<()> {
    let options = place.options()?;
    let output = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    let mut command = guarded(program);
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
    if Make::of(&text_of(place, "SELECT VERSION()")?) == Make::MySql {
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
