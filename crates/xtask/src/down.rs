//! `down`: ends the supervisor, or what a killed one left, and waits until all is gone.

use crate::console::{self, Progress};
use crate::layout::Layout;
use crate::process::{procfs, signal_group};
use crate::supervisor::control::{self, Request};
use crate::supervisor::state::{self, PartStatus};
use crate::up::lock::Lock;
use anyhow::{Result, bail};
use rustix::process::Signal;
use std::thread;
use std::time::{Duration, Instant};

/// Services drain for 15 s, then the servers end.
const PATIENCE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(50);

/// Ends everything.
pub fn run(layout: &Layout) -> Result<()> {
    let asked = control::ask(
        &layout.control_socket(),
        &Request::Down,
        "asking the supervisor",
    )?
    .is_some();
    let mut progress = Progress::start("stopping");
    let started = Instant::now();
    let _lock = loop {
        match Lock::take(layout) {
            Ok(lock) => break lock,
            Err(error) if !asked => bail!("{error}"),
            Err(error) if started.elapsed() > PATIENCE => {
                bail!("it did not end within {} s: {error}", PATIENCE.as_secs())
            }
            Err(_) => progress.tick(),
        }
        thread::sleep(POLL);
    };
    progress.done();
    let left = end_leftovers(layout)?;
    console::say(match (asked, left) {
        (true, _) => "everything is stopped".to_owned(),
        (false, 0) => "nothing was running".to_owned(),
        (false, count) => format!("ended {count} processes that a killed run had left"),
    });
    Ok(())
}

/// Ends what a supervisor that was killed left behind. Only for the holder of the lock.
pub fn end_leftovers(layout: &Layout) -> Result<usize> {
    let state = state::read(&layout.state_file());
    let mut parts: Vec<PartStatus> = state.map(|state| state.parts).unwrap_or_default();
    parts.retain(is_alive);
    let count = parts.len();
    for part in &parts {
        signal_group(part.pid.unwrap_or_default(), Signal::TERM);
    }
    let mut progress = Progress::start("ending what a killed run left");
    let deadline = Instant::now() + Duration::from_secs(20);
    while parts.iter().any(is_alive) && Instant::now() < deadline {
        progress.tick();
        thread::sleep(POLL);
    }
    parts.retain(is_alive);
    for part in &parts {
        signal_group(part.pid.unwrap_or_default(), Signal::KILL);
    }
    progress.done();
    let _ = std::fs::remove_file(layout.state_file());
    Ok(count)
}

/// Whether the very process that was started still runs: the same pid and the same start.
fn is_alive(part: &PartStatus) -> bool {
    let Some(pid) = part.pid else { return false };
    part.started.is_some() && procfs::started(pid) == part.started
}
