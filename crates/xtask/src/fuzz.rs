//! `fuzz`: asks for all that the API's document names, rightly and wrongly, as everybody. Done by
//! schemathesis, which gets a Python environment of its own, and by the `e2e` binary.

use crate::build;
use crate::heavy;
use crate::install::{self, MARIADB, PYTHON, REDIS};
use crate::interrupt;
use crate::layout::{Layout, binaries};
use crate::openapi;
use crate::process::{find_program, guarded, step};
use crate::servers::throwaway::Servers;
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// All packages with their versions: schemathesis, openapi-spec-validator and what they need.
const REQUIREMENTS: &str = include_str!("fuzz/requirements.txt");
/// What every test run asks: always the same.
const OF_A_TEST_RUN: [&str; 4] = ["--cases", "1500", "--seed", "1"];

/// Asks as `args` say, on throw-away servers.
pub fn run(layout: &Layout, args: &[OsString]) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let scratch = scratch(layout)?;
    install::require("fuzz", &[MARIADB, REDIS], &scratch.join("apt.log"))?;
    build::binaries(&layout.root, false)?;
    let servers = Servers::start(&scratch)?;
    ask(layout, &servers, args)
}

/// The part of a test run.
pub fn briefly(layout: &Layout, servers: &Servers) -> Result<()> {
    ask(layout, servers, &OF_A_TEST_RUN.map(OsString::from))
}

fn ask(layout: &Layout, servers: &Servers, args: &[OsString]) -> Result<()> {
    let programs = environment(layout)?.join("bin");
    let mut validate = guarded(programs.join("openapi-spec-validator"));
    validate.arg(layout.root.join(openapi::DOCUMENT.file));
    step::run_shown("validating openapi.json", &mut validate)?;
    let mut ask = heavy::tool(layout, false, "fuzz", args);
    ask.env("AIRSIDE_TEST_MYSQL_URL", servers.mysql_url())
        .env("AIRSIDE_SCHEMATHESIS", programs.join("schemathesis"));
    step::run_shown("fuzzing", &mut ask)
}

/// Where what runs here keeps its files.
pub fn scratch(layout: &Layout) -> Result<PathBuf> {
    let scratch = tools(layout).with_file_name("airside-test");
    fs::create_dir_all(&scratch)?;
    Ok(scratch)
}

fn tools(layout: &Layout) -> PathBuf {
    binaries(&layout.root, false).with_file_name("tools")
}

/// The Python environment, made anew when other versions are asked for; about half a minute.
fn environment(layout: &Layout) -> Result<PathBuf> {
    let folder = tools(layout).join("fuzz");
    // Written when everything else is there.
    let installed = folder.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        return Ok(folder);
    }
    fs::create_dir_all(tools(layout))?;
    let python = python(&tools(layout).join("apt.log"))?;
    let log = tools(layout).join("fuzz.log");
    let mut create = guarded(python);
    create.args(["-m", "venv", "--clear"]).arg(&folder);
    step::run_logged("making a Python environment", &mut create, &log)?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, REQUIREMENTS)?;
    let mut pip = guarded(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--no-input", "--quiet"])
        .arg("--disable-pip-version-check")
        .arg("--requirement")
        .arg(&wanted);
    step::run_logged("installing schemathesis from PyPI", &mut pip, &log)?;
    fs::rename(&wanted, &installed)?;
    Ok(folder)
}

/// A Python that can make environments: Debian's needs a package for it.
fn python(log: &Path) -> Result<PathBuf> {
    if let Some(python) = find_program(PYTHON.program)
        && can_make_environments(&python)
    {
        return Ok(python);
    }
    if let Some(fix) = install::obstacle(&[PYTHON]) {
        bail!("fuzzing needs Python with its module venv; fix: {fix}");
    }
    install::install(&[PYTHON], log)?;
    find_program(PYTHON.program).context("no python3 after its package was installed")
}

fn can_make_environments(python: &Path) -> bool {
    let mut ask = guarded(python);
    ask.args(["-c", "import ensurepip, venv"]);
    step::capture("looking for Python", &mut ask, b"").is_ok()
}
