//! Ctrl-C, SIGTERM and `down`: one flag that every wait looks at.

use anyhow::{Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// From now on a signal sets the flag and calls `listener` instead of ending the process.
pub fn catch_signals(listener: impl Fn() + Send + 'static) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for _ in signals.forever() {
                request();
                listener();
            }
        })?;
    Ok(())
}

/// Asks everything to end.
pub fn request() {
    REQUESTED.store(true, Ordering::SeqCst);
}

/// Whether somebody asked for the end.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// An error when somebody asked for the end: for long recipes, between steps.
pub fn check() -> Result<()> {
    if requested() {
        bail!("interrupted");
    }
    Ok(())
}
