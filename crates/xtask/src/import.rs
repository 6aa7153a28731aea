//! `import`: more flights than the data sets, into the running stack.

use crate::layout::{Layout, binaries};
use crate::process::{find_program, guarded, step};
use crate::services::named;
use crate::stack::Stack;
use crate::{console, status};
use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};

/// Imports the New York year with its return legs, or a CSV of the caller's as it is.
pub fn run(layout: &Layout, source: &str) -> Result<()> {
    status::require_running(layout)?;
    let stack = Stack::load(layout)?;
    let file = if source == "nyc" {
        derive_year(layout)?
    } else {
        PathBuf::from(source)
    };
    ensure!(file.is_file(), "{} does not exist", file.display());
    let file = std::path::absolute(&file)?;
    let adapted: &[&str] = match source {
        "nyc" => &["--mirror", "--start-ahead-days", "7"],
        _ => &[],
    };
    import(&stack, &file, adapted)?;
    console::say(format_args!("imported {source}"));
    Ok(())
}

/// The whole year, made from the public package the committed slice comes from.
fn derive_year(layout: &Layout) -> Result<PathBuf> {
    let python = find_program("python3").context("python3 is needed to derive the year")?;
    let folder = layout.data.join("nyc-year");
    let file = folder.join("flights.csv");
    if !file.is_file() {
        std::fs::create_dir_all(&folder)?;
        let half_made = folder.join("flights.new.csv");
        let mut command = guarded(python);
        command
            .current_dir(&layout.root)
            .args(["data/derive.py", "year"])
            .arg(&half_made);
        step::run_shown("deriving the year (data/derive.py)", &mut command)?;
        std::fs::rename(&half_made, &file)?;
    }
    Ok(file)
}

fn import(stack: &Stack, file: &Path, options: &[&str]) -> Result<()> {
    let flights = named("flights");
    let mut command = guarded(binaries(&stack.layout.root, stack.release).join(flights.name));
    command
        .current_dir(&stack.layout.root)
        .env_clear()
        .envs(flights.environment(stack)?);
    command.arg("import").arg(file).args(options);
    step::run_shown("importing flights", &mut command)
}
