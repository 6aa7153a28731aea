//! `fuzz`: asks for all that the API's document names, rightly and wrongly, as everybody. Done by
//! schemathesis, which gets a Python environment of its own, and by the `e2e` binary.

use crate::build;
use crate::debian;
use crate::heavy;
use crate::install::{self, MARIADB, REDIS};
use crate::interrupt;
use crate::layout::Layout;
use crate::openapi;
use crate::process::{guarded, step};
use crate::python;
use crate::servers::throwaway::Servers;
use anyhow::Result;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

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
    let programs = python::environment(layout, "fuzz", REQUIREMENTS)?.join("bin");
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
    let scratch = debian::tools(layout).with_file_name("airside-test");
    fs::create_dir_all(&scratch)?;
    Ok(scratch)
}
