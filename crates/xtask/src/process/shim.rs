//! The last step before a child's program: this program again, for a moment, tying the child to
//! its parent's life. (Setting it between fork and exec would need `unsafe`.)

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal, setsid};
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use std::{env, process};

const TIED: &str = "__tied-to";
const DETACHED: &str = "__detached";

static PATH: OnceLock<PathBuf> = OnceLock::new();

/// The program that acts as the shim: ourselves, also after a rebuild replaced our file.
pub fn path() -> PathBuf {
    PATH.get_or_init(|| PathBuf::from(format!("/proc/{}/exe", process::id())))
        .clone()
}

/// For tests, whose own program knows nothing of the shim. Only the first call counts.
pub fn set_path(path: PathBuf) {
    // A second call comes from a test of the same program, with the same path.
    let _ = PATH.set(path);
}

/// What stands before the child's program on the command line.
pub fn arguments() -> [String; 2] {
    [TIED.to_owned(), process::id().to_string()]
}

/// The same for a child that shall live on without us, in a session of its own.
pub fn detached_arguments() -> [String; 1] {
    [DETACHED.to_owned()]
}

/// Becomes the child's program when the command line asks for it.
pub fn run_if_asked() -> Option<ExitCode> {
    let mut args = env::args_os().skip(1);
    let mode = args.next()?;
    if mode == TIED {
        let parent = args.next()?.to_str()?.parse().ok();
        Some(run_tied(parent.and_then(Pid::from_raw), args))
    } else if mode == DETACHED {
        // Fails only for a group leader, which a fresh child is not.
        let _ = setsid();
        Some(become_program(args))
    } else {
        None
    }
}

fn run_tied(parent: Option<Pid>, args: impl Iterator<Item = OsString>) -> ExitCode {
    if let Err(error) = set_parent_process_death_signal(Some(Signal::TERM)) {
        eprintln!("cannot tie the child to its parent: {error}");
        return ExitCode::from(126);
    }
    // The parent may have died before the signal was set.
    if getppid() != parent {
        return ExitCode::from(125);
    }
    become_program(args)
}

fn become_program(mut args: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(program) = args.next() else {
        return ExitCode::from(127);
    };
    let error = Command::new(&program).args(args).exec();
    eprintln!("cannot start {}: {error}", program.display());
    ExitCode::from(127)
}
