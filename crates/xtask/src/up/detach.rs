//! `up --detach`: the same program again in a session of its own; its output goes to a log, which
//! is shown until everything is ready.

use super::lock::Lock;
use crate::layout::Layout;
use crate::process::shim;
use crate::supervisor::state;
use crate::{console, interrupt};
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::env;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(100);
/// Longer than all tiers take one after the other.
const LONGEST_END: Duration = Duration::from_secs(90);

/// Returns when the stack is ready; an error when it ended before.
pub fn run(layout: &Layout, lock: Lock) -> Result<()> {
    let log = layout.logs().join("up.log");
    let out = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    // The daemon takes it.
    drop(lock);
    let mut command = Command::new(env::current_exe()?);
    command
        .args(shim::detached_arguments())
        .arg(env::current_exe()?);
    command.args(
        env::args_os()
            .skip(1)
            .filter(|argument| argument != "--detach"),
    );
    if console::colours() {
        command.env("CLICOLOR_FORCE", "1");
    }
    command
        .stdin(Stdio::null())
        .stderr(out.try_clone()?)
        .stdout(out);
    let mut daemon = command.spawn().context("cannot start the supervisor")?;
    interrupt::catch_signals(|| ())?;
    let mut shown = File::open(&log)?;
    loop {
        let ended = daemon.try_wait()?;
        let ready = is_ready(layout, daemon.id());
        show(&mut shown)?;
        if let Some(status) = ended {
            bail!(
                "the stack did not come up ({status}); the whole story is in {}",
                log.display()
            );
        }
        if ready {
            show(&mut shown)?;
            return Ok(());
        }
        if interrupt::requested() {
            end(&mut daemon, &mut shown)?;
            bail!("interrupted");
        }
        thread::sleep(POLL);
    }
}

fn is_ready(layout: &Layout, pid: u32) -> bool {
    state::read(&layout.state_file()).is_some_and(|state| state.pid == pid && state.facts.ready)
}

/// Copies what is new in the log to our stdout.
fn show(log: &mut File) -> Result<()> {
    let mut text = Vec::new();
    log.read_to_end(&mut text)?;
    // Nobody may be reading us any more; the stack comes up nevertheless.
    let _ = std::io::stdout()
        .write_all(&text)
        .and_then(|()| std::io::stdout().flush());
    Ok(())
}

/// Asks it to end; what it says of that is shown. SIGKILL when it takes too long: the kernel then
/// ends its children.
fn end(daemon: &mut Child, shown: &mut File) -> Result<()> {
    if let Some(pid) = i32::try_from(daemon.id()).ok().and_then(Pid::from_raw) {
        kill_process(pid, Signal::TERM)?;
    }
    let deadline = Instant::now() + LONGEST_END;
    while daemon.try_wait()?.is_none() {
        show(shown)?;
        if Instant::now() > deadline {
            daemon.kill()?;
        }
        thread::sleep(POLL);
    }
    show(shown)
}
