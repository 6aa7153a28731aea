//! `audit`, `bench` and `chaos`: done by the binaries `audit` and `e2e`; here they get what they must
//! know.

use crate::build::{self, cargo};
use crate::database::AUDIT_ACCOUNT;
use crate::install::{self, MARIADB, NGINX, Need, REDIS};
use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use crate::services::account_url;
use crate::stack::Stack;
use crate::{interrupt, status};
use anyhow::Result;
use std::env;
use std::ffi::OsString;
use std::process::Command;

const AUDIT_URL: &str = "AUDIT_DATABASE_URL";

/// Checks the books of the running stack, or of the server that `AUDIT_DATABASE_URL` names.
pub fn audit(layout: &Layout, args: &[OsString]) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let url = match env::var(AUDIT_URL) {
        Ok(url) => url,
        Err(_) => {
            status::require_running(layout)?;
            account_url(&Stack::load(layout)?, AUDIT_ACCOUNT, "")?
        }
    };
    // In the profile of the stack, whose `up` has built nearly all of it.
    let release = Stack::load(layout).is_ok_and(|stack| stack.release);
    let mut build = cargo(&layout.root);
    build.args([
        "build",
        "--workspace",
        "--exclude",
        "xtask",
        "--bin",
        "audit",
    ]);
    if release {
        build.arg("--release");
    }
    step::run_shown("building the audit", &mut build)?;
    let mut audit = audit_tool(layout, release);
    step::run_shown("audit", audit.args(args).env(AUDIT_URL, url))
}

/// Measures, on a private stack with durable servers.
pub fn bench(layout: &Layout, args: &[OsString]) -> Result<()> {
    on_a_private_stack(layout, "bench", &[MARIADB, REDIS, NGINX], args)
}

/// Kills and checks, on a private stack with durable servers.
pub fn chaos(layout: &Layout, args: &[OsString]) -> Result<()> {
    on_a_private_stack(layout, "chaos", &[MARIADB, REDIS], args)
}

/// The tool starts and ends its own stack; it needs optimised binaries and the servers' programs.
fn on_a_private_stack(
    layout: &Layout,
    name: &str,
    needs: &[Need],
    args: &[OsString],
) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    layout.create()?;
    install::require(name, needs, &layout.logs().join("apt.log"))?;
    build::binaries(&layout.root, true)?;
    step::run_shown(name, &mut tool(layout, true, name, args))
}

/// The `audit` binary.
pub fn audit_tool(layout: &Layout, release: bool) -> Command {
    guarded(binaries(&layout.root, release).join("audit"))
}

/// A command of the `e2e` binary.
pub fn tool(layout: &Layout, release: bool, name: &str, args: &[OsString]) -> Command {
    let folder = binaries(&layout.root, release);
    let mut command = guarded(folder.join("e2e"));
    command
        .arg(name)
        .args(args)
        .current_dir(&layout.root)
        .env("AIRSIDE_BIN_DIR", folder);
    command
}
