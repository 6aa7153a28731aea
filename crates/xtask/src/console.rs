//! What the person at the terminal sees.

use std::io::{IsTerminal as _, Write as _, stdout};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fmt::Display};

/// A step shorter than this is not announced.
const QUIET: Duration = Duration::from_secs(1);
/// How often a long step speaks where there is no terminal to redraw.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The cursor stands behind a line that will be drawn again.
static LINE_IS_OPEN: AtomicBool = AtomicBool::new(false);
/// Commands that write to the terminal themselves.
static TALKERS: AtomicU32 = AtomicU32::new(0);

/// Says one line.
pub fn say(line: impl Display) {
    close_line();
    write(&format!("{line}\n"));
}

/// Takes back a line that was to be drawn again.
fn close_line() {
    if LINE_IS_OPEN.swap(false, Ordering::Relaxed) {
        write("\r\x1b[K");
    }
}

/// Says that something was left out or needs attention.
pub fn warn(line: &str) {
    say(paint("33", &format!("warning: {line}")));
}

/// Says something nobody may overlook.
pub fn shout(line: &str) {
    say(paint("1;31", line));
}

/// Says why the command failed.
pub fn failure(line: &str) {
    close_line();
    let mut stderr = std::io::stderr().lock();
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(stderr, "{}", paint("1;31", &format!("error: {line}")));
}

/// Whether colours reach somebody's eyes.
pub fn colours() -> bool {
    let asked = env::var_os("CLICOLOR_FORCE").is_some();
    env::var_os("NO_COLOR").is_none() && (asked || stdout().is_terminal())
}

fn paint(code: &str, text: &str) -> String {
    painted(code, text, colours())
}

fn painted(code: &str, text: &str, colours: bool) -> String {
    if colours {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Not `print!`, which panics when nobody reads: a closed stdout must not end the supervisor.
fn write(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Shows how long a step has been running, from its first second on.
#[derive(Debug)]
pub struct Progress {
    title: String,
    started: Instant,
    said: Option<Instant>,
    /// The step writes to the terminal itself: only its beginning and end are told.
    talks: bool,
}

impl Progress {
    /// Starts the clock; nothing is printed yet.
    pub fn start(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            started: Instant::now(),
            said: None,
            talks: false,
        }
    }

    /// For a step whose own output is shown.
    pub fn start_talking(title: &str) -> Self {
        say(format_args!("  {title} ..."));
        TALKERS.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        Self {
            title: title.to_owned(),
            started: now,
            said: Some(now),
            talks: true,
        }
    }

    /// To be called a few times a second while the step runs.
    pub fn tick(&mut self) {
        let terminal = stdout().is_terminal();
        let elapsed = self.started.elapsed();
        // On a terminal our line and the talker's would overwrite each other.
        if elapsed < QUIET || (terminal && TALKERS.load(Ordering::Relaxed) > 0) {
            return;
        }
        let pause = if terminal { QUIET } else { HEARTBEAT };
        if self.said.is_some_and(|said| said.elapsed() < pause) {
            return;
        }
        self.said = Some(Instant::now());
        if !terminal {
            close_line();
        }
        write(&tick_line(&self.title, elapsed, terminal));
        LINE_IS_OPEN.store(terminal, Ordering::Relaxed);
    }

    /// The step ended well.
    pub fn done(self) {
        self.end("done");
    }

    /// The step ended badly; its error is told by the caller.
    pub fn failed(self) {
        self.end("failed");
    }

    fn end(self, how: &str) {
        let elapsed = self.started.elapsed();
        if elapsed >= QUIET || self.talks {
            say(format_args!(
                "  {}: {how} in {:.1} s",
                self.title,
                elapsed.as_secs_f64()
            ));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.talks {
            TALKERS.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// On a terminal the line is drawn over the one before, and stays open.
fn tick_line(title: &str, elapsed: Duration, terminal: bool) -> String {
    let line = format!("  {title} ... {} s", elapsed.as_secs());
    if terminal {
        format!("\r{line}\x1b[K")
    } else {
        format!("{line}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_colours_are_seen_they_are_written() {
        assert_eq!(painted("33", "warning: x", false), "warning: x");
        assert_eq!(painted("1;31", "x", true), "\x1b[1;31mx\x1b[0m");
    }

    #[test]
    fn a_terminal_gets_one_line_drawn_again_a_log_one_a_time() {
        let elapsed = Duration::from_millis(12_700);
        assert_eq!(
            tick_line("building", elapsed, true),
            "\r  building ... 12 s\x1b[K"
        );
        assert_eq!(
            tick_line("building", elapsed, false),
            "  building ... 12 s\n"
        );
    }
}
