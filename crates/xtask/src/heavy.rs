//! `audit`, `bench` and `chaos`: done by the `e2e` binary; here it gets what it must know of the
//! running stack.

use crate::database::AUDIT_ACCOUNT;
use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use crate::services::{SERVICES, account_url};
use crate::stack::Stack;
use crate::supervisor::state::State;
use crate::{build, interrupt, status};
use anyhow::Result;
use std::ffi::OsString;
use std::process::Command;

/// Checks the books.
pub fn audit(layout: &Layout, args: &[OsString]) -> Result<()> {
    run(layout, "audit", args)
}

/// Measures.
pub fn bench(layout: &Layout, args: &[OsString]) -> Result<()> {
    run(layout, "bench", args)
}

/// Kills and checks.
pub fn chaos(layout: &Layout, args: &[OsString]) -> Result<()> {
    run(layout, "chaos", args)
}

fn run(layout: &Layout, tool: &str, args: &[OsString]) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let state = status::require_running(layout)?;
    let stack = Stack::load(layout)?;
    build::binaries(&layout.root, stack.release)?;
    let mut command = guarded(binaries(&layout.root, stack.release).join("e2e"));
    command.arg(tool).args(args).current_dir(&layout.root);
    describe(&mut command, &stack, &state)?;
    step::run_shown(tool, &mut command)
}

/// What the tools may know: where everything is, and an account that may read all schemas.
fn describe(command: &mut Command, stack: &Stack, state: &State) -> Result<()> {
    command.env("AIRSIDE_STATE", stack.layout.state_file());
    command.env("AUDIT_DATABASE_URL", account_url(stack, AUDIT_ACCOUNT, "")?);
    command.env("REDIS_URL", &stack.redis_url);
    command.env("MAIL_API", &state.facts.sink.api);
    for service in &SERVICES {
        let name = service.name.replace('-', "_").to_uppercase();
        command.env(format!("{name}_URL"), service.url(&stack.layout));
    }
    Ok(())
}
