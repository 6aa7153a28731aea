//! What the person at the terminal sees.

use std::io::{IsTerminal as _, Write as _, stdout};
use std::time::{Duration, Instant};
use std::{env, fmt::Display};

/// A step shorter than this is not announced.
const QUIET: Duration = Duration::from_secs(1);
/// How often a long step speaks where there is no terminal to redraw.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Says one line.
pub fn say(line: impl Display) {
    println!("{line}");
    flush();
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
    flush();
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
    if colours() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn flush() {
    // A closed stdout must not end the supervisor.
    let _ = stdout().flush();
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
        if elapsed < QUIET || (terminal && self.talks) {
            return;
        }
        let pause = if terminal { QUIET } else { HEARTBEAT };
        if self.said.is_some_and(|said| said.elapsed() < pause) {
            return;
        }
        self.said = Some(Instant::now());
        if terminal {
            print!("\r  {} ... {} s\x1b[K", self.title, elapsed.as_secs());
            flush();
        } else {
            say(format_args!("  {} ... {} s", self.title, elapsed.as_secs()));
        }
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
        let Some(_) = self.said else { return };
        let back = if stdout().is_terminal() && !self.talks {
            "\r\x1b[K"
        } else {
            ""
        };
        say(format_args!(
            "{back}  {}: {how} in {:.1} s",
            self.title,
            self.started.elapsed().as_secs_f64()
        ));
    }
}
