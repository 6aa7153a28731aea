//! Child processes that cannot outlive us.

pub mod procfs;
pub mod shim;
pub mod step;

use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

/// A command in a process group of its own that gets SIGTERM when the thread that spawned it dies.
pub fn guarded(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(shim::path());
    command.args(shim::arguments()).arg(program);
    command.stdin(Stdio::null()).process_group(0);
    command
}

/// Sends a signal to a child's whole group; a group that is gone is fine.
pub fn signal_group(leader: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        // ESRCH: nobody left to tell.
        let _ = kill_process_group(pid, signal);
    }
}

/// The program's path, also looking where Debian keeps servers that are not on a user's PATH.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(servers)
        .map(|folder| folder.join(name))
        .find(|file| {
            use std::os::unix::fs::PermissionsExt as _;
            fs::metadata(file)
                .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
        })
}
