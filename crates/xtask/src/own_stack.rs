//! A stack that a check has for itself: `up` with a data folder and ports of its own.

use crate::frontend;
use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use anyhow::{Context as _, Result};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// It is taken down when this is dropped.
pub struct OwnStack {
    /// What is added to every port.
    pub offset: u16,
    /// Its data folder.
    pub data: PathBuf,
    root: PathBuf,
    /// This program. Not `current_exe`: a build may have put another in its place.
    xtask: PathBuf,
}

impl OwnStack {
    /// Starts one, with more options of `up`; its files are in `scratch`, under this name.
    pub fn start(layout: &Layout, scratch: &Path, name: &str, options: &[&str]) -> Result<Self> {
        let stack = Self {
            offset: free_offset()?,
            data: scratch.join(name),
            root: layout.root.clone(),
            xtask: binaries(&layout.root, false).join("xtask"),
        };
        // What an earlier run left would be taken for this one's.
        let _ = fs::remove_dir_all(&stack.data);
        let mut up = stack.xtask(&["up", "--detach", "--no-prometheus"]);
        step::run_shown(&format!("starting a stack: {name}"), up.args(options))?;
        Ok(stack)
    }

    fn xtask(&self, arguments: &[&str]) -> Command {
        let mut command = guarded(&self.xtask);
        command.args(arguments).current_dir(&self.root);
        self.name_in(&mut command);
        command
    }

    /// Tells a command which stack is meant, and what to ask it by.
    pub fn name_in(&self, command: &mut Command) {
        command
            .env("XTASK", &self.xtask)
            .env("AIRSIDE_DATA_DIR", &self.data)
            .env("AIRSIDE_PORT_OFFSET", self.offset.to_string());
    }
}

impl Drop for OwnStack {
    fn drop(&mut self) {
        let ended = step::run_shown("ending it", &mut self.xtask(&["down"]));
        if let Err(error) = ended {
            crate::console::shout(&format!("  {error:#}"));
        }
    }
}

/// An offset whose ports nobody has.
fn free_offset() -> Result<u16> {
    let is_free = |offset: &u16| {
        [frontend::PORT, 5000, 3500, 4000, 4500, 8000, 1080]
            .iter()
            .all(|port| TcpListener::bind(("127.0.0.1", port + offset)).is_ok())
    };
    let found = (20_000..50_000).step_by(1_000).find(is_free);
    found.context("no free ports for a stack")
}
