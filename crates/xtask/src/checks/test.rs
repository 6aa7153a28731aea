//! `test`: every test of the workspace, on servers of its own.

use crate::build::{self, cargo};
use crate::install::{
    self, ALERTMANAGER, CHROMIUM, CURL, MARIADB, MARIADB_DUMP, MYSQLD_EXPORTER, Need, PROMETHEUS,
    PYTHON, REDIS, REDIS_EXPORTER,
};
use crate::layout::{Layout, binaries};
use crate::process::{find_program, guarded, step};
use crate::servers::throwaway::Servers;
use crate::{compose, console, docs, frontend, fuzz, interrupt};
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::fs;

/// What the tests start.
const NEEDS: [Need; 10] = [
    MARIADB,
    MARIADB_DUMP,
    REDIS,
    PROMETHEUS,
    ALERTMANAGER,
    MYSQLD_EXPORTER,
    REDIS_EXPORTER,
    CHROMIUM,
    CURL,
    PYTHON,
];

/// Runs `cargo test --workspace` with `args`, after the check of the data sets; without `args` also
/// the compose file, a short fuzzing, the examples of the documents, and the front end in a browser.
pub fn test(layout: &Layout, args: &[OsString]) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let bins = binaries(&layout.root, false);
    let scratch = fuzz::scratch(layout)?;
    install::require("test", &NEEDS, &scratch.join("apt.log"))?;
    check_data(layout)?;
    check_rules(layout)?;
    build::binaries(&layout.root, false)?;
    let servers = Servers::start(&scratch)?;
    let mut command = cargo(&layout.root);
    // All failures of a run are worth more than a quick first one.
    command
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(args);
    command.env("AIRSIDE_TEST_MYSQL_URL", servers.mysql_url());
    command.env("AIRSIDE_TEST_REDIS_URL", servers.redis_url());
    command.env("AIRSIDE_BIN_DIR", &bins);
    step::run_shown("testing", &mut command)?;
    // Whoever asks for some of the tests does not ask for this.
    if args.is_empty() {
        compose::briefly(layout)?;
        fuzz::briefly(layout, &servers)?;
        docs::run(layout, &scratch)?;
        frontend::check::run(layout, &scratch)?;
    }
    Ok(())
}

/// Prometheus' own tool reads its configuration and runs the tests of the alerts.
fn check_rules(layout: &Layout) -> Result<()> {
    let promtool = find_program("promtool").context("promtool comes with Prometheus")?;
    let promtool = |arguments: &[&str]| {
        let mut command = guarded(&promtool);
        command.args(arguments).current_dir(&layout.root);
        step::run_shown("checking the alerts", &mut command)
    };
    promtool(&["check", "config", "prometheus.yml"])?;
    let tests = fs::read_dir(layout.root.join("prometheus/tests"))?;
    for test in tests {
        promtool(&["test", "rules", &test?.path().to_string_lossy()])?;
    }
    Ok(())
}

fn check_data(layout: &Layout) -> Result<()> {
    let script = layout.root.join("data/check.py");
    let Some(python) = find_program("python3") else {
        console::shout("  SKIPPED: data/check.py, because there is no python3");
        return Ok(());
    };
    step::run_shown(
        "checking the data sets",
        guarded(python).arg(script).current_dir(&layout.root),
    )
}
