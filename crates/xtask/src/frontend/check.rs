//! What `test` asks of the front end: its style, its types, its own tests, and its pages in a browser
//! on a real stack.

use super::{PORT, build, install, logging_in, npm};
use crate::install::{self as packages, CHROMIUM};
use crate::layout::Layout;
use crate::own_stack::OwnStack;
use crate::process::step;
use crate::{fuzz, interrupt};
use anyhow::Result;
use std::path::Path;

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
    // The stories sign up more people than one address may in an hour.
    let stack = OwnStack::start(layout, scratch, "browser", &["--limits", "off"])?;
    for (what, script) in [("size of scripts", "budget"), ("in a browser", "e2e")] {
        let mut command = npm(layout, &["run", script]);
        stack.name_in(&mut command);
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
