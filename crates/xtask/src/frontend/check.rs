//! What `test` asks of the front end: its style, its types, its own tests, and its pages in a browser
//! on a real stack.

use super::{PORT, build, install, logging_in, npm};
use crate::install::{self as packages, CHROMIUM};
use crate::layout::Layout;
use crate::process::{guarded, step};
use crate::{fuzz, interrupt};
use anyhow::{Context as _, Result};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// npm scripts that need no stack.
const ALONE: [&str; 4] = ["lint", "typecheck", "api:check", "test"];

/// Runs all of it by itself.
pub fn alone(layout: &Layout) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let scratch = fuzz::scratch(layout)?;
    packages::require("frontend-check", &[CHROMIUM], &scratch.join("apt.log"))?;
    run(layout, &scratch)
}

/// Runs all of it; the stack's files are in `scratch`.
pub fn run(layout: &Layout, scratch: &Path) -> Result<()> {
    let here = logging_in(layout, scratch)?;
    install(&here)?;
    for script in ALONE {
        step::run_shown(
            &format!("front end: {script}"),
            &mut npm(layout, &["run", script]),
        )?;
    }
    build(&here)?;
    let stack = RunningStack::start(layout, scratch)?;
    for (what, script) in [("size of scripts", "budget"), ("in a browser", "e2e")] {
        let mut command = npm(layout, &["run", script]);
        stack.name_in(&mut command);
        command.env("XTASK", env::current_exe()?);
        for (name, port) in [
            ("FRONTEND_URL", PORT),
            ("GATEWAY_URL", 5000),
            ("INBOX_URL", 1080),
        ] {
            command.env(name, format!("http://127.0.0.1:{}", port + stack.offset));
        }
        step::run_shown(&format!("front end: {what}"), &mut command)?;
    }
    Ok(())
}

/// A stack of our own, taken down when this is dropped.
struct RunningStack {
    offset: u16,
    data: PathBuf,
    root: PathBuf,
}

impl RunningStack {
    fn start(layout: &Layout, scratch: &Path) -> Result<Self> {
        let stack = Self {
            offset: free_offset()?,
            data: scratch.join("browser"),
            root: layout.root.clone(),
        };
        // What an earlier run left would be taken for this one's.
        let _ = fs::remove_dir_all(&stack.data);
        // The stories sign up more people than one address may in an hour.
        let up = ["up", "--detach", "--no-prometheus", "--limits", "off"];
        step::run_shown("starting a stack for the browser", &mut stack.xtask(&up)?)?;
        Ok(stack)
    }

    fn xtask(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = guarded(env::current_exe()?);
        command.args(arguments).current_dir(&self.root);
        self.name_in(&mut command);
        Ok(command)
    }

    /// Tells a command which stack is meant.
    fn name_in(&self, command: &mut Command) {
        command
            .env("AIRSIDE_DATA_DIR", &self.data)
            .env("AIRSIDE_PORT_OFFSET", self.offset.to_string());
    }
}

impl Drop for RunningStack {
    fn drop(&mut self) {
        let down = self.xtask(&["down"]);
        let down = down.and_then(|mut down| step::run_shown("ending it", &mut down));
        if let Err(error) = down {
            crate::console::shout(&format!("  {error:#}"));
        }
    }
}

/// An offset whose ports nobody has.
fn free_offset() -> Result<u16> {
    let is_free = |offset: &u16| {
        [PORT, 5000, 3500, 4000, 4500, 8000, 1080]
            .iter()
            .all(|port| TcpListener::bind(("127.0.0.1", port + offset)).is_ok())
    };
    let found = (20_000..50_000).step_by(1_000).find(is_free);
    found.context("no free ports for a stack")
}
