//! One-shot commands of a recipe: run to the end, with the time shown, stopped on interruption.

use super::signal_group;
use crate::console::Progress;
use crate::interrupt;
use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::Signal;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(20);
/// How long an interrupted command may take to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a command whose output the person sees.
pub fn run_shown(title: &str, command: &mut Command) -> Result<()> {
    let mut progress = Progress::start_talking(title);
    let ended = start(title, command).and_then(|child| wait(child, &mut progress));
    finish(title, progress, ended)
}

/// Runs a command whose output goes to a log, told only when it fails.
pub fn run_logged(title: &str, command: &mut Command, log: &Path) -> Result<()> {
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stderr(file.try_clone()?).stdout(file);
    let mut progress = Progress::start(title);
    let ended = start(title, command).and_then(|child| wait(child, &mut progress));
    finish(title, progress, ended).with_context(|| {
        format!(
            "{}\n(the whole output: {})",
            last_lines(log, 20),
            log.display()
        )
    })
}

/// Runs a command whose output is what it is run for; what it complains of goes to a log.
pub fn run_into(title: &str, command: &mut Command, output: File, log: &Path) -> Result<()> {
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stderr(file).stdout(output);
    let mut progress = Progress::start(title);
    let ended = start(title, command).and_then(|child| wait(child, &mut progress));
    finish(title, progress, ended).with_context(|| last_lines(log, 20))
}

/// Runs a command with `input` on its stdin and gives its stdout. Both must fit a pipe's buffer
/// or be read as they come; our uses are a password, a few SQL statements, one JSON line.
pub fn capture(title: &str, command: &mut Command, input: &[u8]) -> Result<String> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut progress = Progress::start(title);
    let mut child = start(title, command)?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // A command that ends without reading says why on stderr.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = collect(child.stdout.take());
    let errors = collect(child.stderr.take());
    let ended = wait(child, &mut progress);
    let output = output.join().expect("a reader does not panic");
    let errors = errors.join().expect("a reader does not panic");
    finish(title, progress, ended).with_context(|| errors.trim().to_owned())?;
    Ok(output)
}

/// What a command says within `patience`; None when it takes longer, and it is ended.
pub fn output_within(command: &mut Command, patience: Duration) -> Result<Option<String>> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = start("asking", command)?;
    let output = collect(child.stdout.take());
    let errors = collect(child.stderr.take());
    let deadline = Instant::now() + patience;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            stop(&mut child, Duration::ZERO)?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
    let [output, errors] = [output, errors].map(|text| text.join().expect("no reader panics"));
    ensure!(child.wait()?.success(), "{}", errors.trim());
    Ok(Some(output))
}

/// The end of a log, for an error message.
pub fn last_lines(log: &Path, count: usize) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Ends a child's whole group: SIGTERM, after `grace` SIGKILL.
pub fn stop(child: &mut Child, grace: Duration) -> Result<()> {
    signal_group(child.id(), Signal::TERM);
    let deadline = Instant::now() + grace;
    while child.try_wait()?.is_none() && Instant::now() < deadline {
        thread::sleep(POLL);
    }
    signal_group(child.id(), Signal::KILL);
    child.wait()?;
    Ok(())
}

fn start(title: &str, command: &mut Command) -> Result<Child> {
    interrupt::check()?;
    command
        .spawn()
        .with_context(|| format!("{title}: cannot start {}", shown(command)))
}

/// Program and arguments. Not what it gets in its environment, as `{command:?}` would: passwords.
fn shown(command: &Command) -> String {
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy());
    let words: Vec<_> = std::iter::once(command.get_program().to_string_lossy())
        .chain(arguments)
        .collect();
    words.join(" ")
}

fn wait(mut child: Child, progress: &mut Progress) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupt::requested() {
            stop(&mut child, GRACE)?;
            bail!("interrupted");
        }
        progress.tick();
        thread::sleep(POLL);
    }
}

fn finish(title: &str, progress: Progress, ended: Result<ExitStatus>) -> Result<()> {
    match ended {
        Ok(status) if status.success() => {
            progress.done();
            Ok(())
        }
        Ok(status) => {
            progress.failed();
            bail!("{title} failed ({status})")
        }
        Err(error) => {
            progress.failed();
            Err(error.context(title.to_owned()))
        }
    }
}

fn collect(pipe: Option<impl std::io::Read + Send + 'static>) -> thread::JoinHandle<String> {
    let mut pipe = pipe.expect("the pipe was asked for");
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A broken pipe ends the output; the exit status tells the rest.
        let _ = pipe.by_ref().read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
