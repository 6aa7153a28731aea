//! `up`: from a clean clone to a running stack.
//!
//! The main thread becomes the supervisor; the recipe (recipe.rs) runs beside it and tells it
//! what to start. Whichever fails first ends the other.

mod detach;
pub mod lock;
mod recipe;

use crate::cli::UpOptions;
use crate::layout::Layout;
use crate::stack::Stack;
use crate::supervisor::{Event, Supervisor, control};
use crate::{console, down, interrupt, preflight};
use anyhow::{Result, ensure};
use lock::Lock;
use std::{fs, thread};

/// Starts everything and stays until it is asked to end; with `--detach` until it is ready.
pub fn run(layout: Layout, options: &UpOptions) -> Result<()> {
    let lock = Lock::take(&layout)?;
    down::end_leftovers(&layout)?;
    let mut stack = Stack::plan(layout, options)?;
    let findings = preflight::run(&stack, !options.detach)?;
    stack.keep()?;
    if options.detach {
        return detach::run(&stack.layout, lock);
    }
    let supervisor = Supervisor::new(stack.layout.state_file());
    let handle = supervisor.handle();
    let for_signals = handle.clone();
    interrupt::catch_signals(move || for_signals.send(Event::Down))?;
    control::listen(&stack.layout.control_socket(), handle.clone())?;
    let layout = stack.layout.clone();
    let options = options.clone();
    let recipe = thread::spawn(move || {
        let came_up = recipe::bring_up(&stack, &findings, &options, &handle);
        came_up
            .map_err(|error| handle.send(Event::Failed(error)))
            .is_ok()
    });
    let end = supervisor.run(interrupt::request);
    let came_up = recipe.join().unwrap_or(false);
    let _ = fs::remove_file(layout.control_socket());
    let _ = fs::remove_file(layout.state_file());
    if layout.sockets() != layout.run() {
        // The short one under /tmp; not empty only when a server was killed.
        let _ = fs::remove_dir(layout.sockets());
    }
    console::say("everything is stopped");
    end?;
    ensure!(came_up, "it was ended before everything was ready");
    Ok(())
}
