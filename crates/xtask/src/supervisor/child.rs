//! Starting a part's process and watching it from threads that only send events.

use super::probe::Probe;
use super::spec::PartSpec;
use super::{Event, Handle};
use crate::process::guarded;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::fs::File;
use std::process::Child;
use std::thread;
use std::time::Duration;

const PROBE_PAUSE: Duration = Duration::from_millis(50);

/// Starts the process with its own environment and log.
pub fn spawn(spec: &PartSpec) -> std::io::Result<Child> {
    let log = File::options().create(true).append(true).open(&spec.log)?;
    let mut command = guarded(&spec.program);
    command.args(&spec.args).current_dir(&spec.folder);
    command
        .env_clear()
        .envs(spec.env.iter().map(|(name, value)| (name, value)));
    command.stdout(log.try_clone()?).stderr(log).spawn()
}

/// Sends `event` when the child has ended. The child is left as a zombie, so that its pid cannot
/// name another process before the supervisor reaps it.
pub fn watch_exit(pid: u32, handle: &Handle, event: Event) {
    let handle = handle.clone();
    let pid = i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .expect("a child has a pid");
    thread::spawn(move || {
        let how = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), how) {}
        handle.send(event);
    });
}

/// Sends `event` once the child answers; stops asking when it is not the current one any more.
pub fn watch_ready(
    probe: Probe,
    is_current: impl Fn() -> bool + Send + 'static,
    handle: &Handle,
    event: Event,
) {
    let handle = handle.clone();
    thread::spawn(move || {
        while is_current() {
            if probe.is_ready() {
                return handle.send(event);
            }
            thread::sleep(PROBE_PAUSE);
        }
    });
}
