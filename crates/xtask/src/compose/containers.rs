//! Starts what the file says in the order that it says, each process with exactly its environment,
//! and waits as it says: for health, for an end.

use super::file::{Compose, Condition, HealthCheck, Service};
use super::mysqld::Mysqld;
use super::places::Places;
use super::stand_in;
use crate::console;
use crate::interrupt;
use crate::process::{guarded, step};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(20);
/// The longest that a service that runs once may take.
const LONGEST_RUN: Duration = Duration::from_secs(120);
/// A service drains for 15 s.
const GRACE: Duration = Duration::from_secs(20);

/// What runs. All of it ends when this value is dropped.
#[derive(Debug)]
pub struct Containers<'a> {
    compose: &'a Compose,
    places: &'a Places,
    root: &'a Path,
    binaries: &'a Path,
    mysqld: &'a Mysqld,
    running: Vec<Running>,
}

#[derive(Debug)]
struct Running {
    name: String,
    child: Child,
    log: PathBuf,
    is_known_to_be_well: bool,
}

impl<'a> Containers<'a> {
    /// None yet.
    pub fn new(
        compose: &'a Compose,
        places: &'a Places,
        root: &'a Path,
        binaries: &'a Path,
        mysqld: &'a Mysqld,
    ) -> Self {
        Self {
            compose,
            places,
            root,
            binaries,
            mysqld,
            running: vec![],
        }
    }

    /// Starts a service once all that it depends on is as it must be. False: nothing can stand in
    /// for its image here.
    pub fn start(&mut self, name: &str) -> Result<bool> {
        let service = &self.compose.services[name];
        for (wanted, dependency) in &service.depends_on {
            self.wait(wanted, dependency.condition)?;
        }
        let (places, root, binaries) = (self.places, self.root, self.binaries);
        let stand_in = stand_in::of(name, service, places, root, binaries, self.mysqld);
        let Some(stand_in) = stand_in.with_context(|| format!("service {name}"))? else {
            let missing = match service.is_frontend() {
                true => "Node that is new enough",
                false => service.product(),
            };
            console::shout(&format!(
                "  NOT STARTED: {name}, there is no {missing} on this machine"
            ));
            return Ok(false);
        };
        let mut command = guarded(&stand_in.program);
        command.args(&stand_in.first);
        for word in &service.command {
            command.arg(self.places.moved(name, service, word)?);
        }
        command.args(&stand_in.last);
        self.set_environment(name, service, &mut command)?;
        let log = self.places.root(name).join("log");
        let file = File::create(&log)?;
        command.stderr(file.try_clone()?).stdout(file);
        console::say(format_args!("  starting {name}"));
        let child = command.spawn().with_context(|| format!("service {name}"))?;
        self.running.push(Running {
            name: name.to_owned(),
            child,
            log,
            is_known_to_be_well: false,
        });
        Ok(true)
    }

    /// Whether it was started.
    pub fn has_started(&self, name: &str) -> bool {
        self.running.iter().any(|one| one.name == name)
    }

    /// Waits until a service that was started is healthy, or has done what it does once.
    pub fn wait_for_all(&mut self) -> Result<()> {
        let names: Vec<_> = self.running.iter().map(|one| one.name.clone()).collect();
        for name in names {
            match self.compose.services[&name].restart {
                Some(_) => self.wait(&name, Condition::ServiceHealthy)?,
                None => self.wait(&name, Condition::ServiceCompletedSuccessfully)?,
            }
        }
        Ok(())
    }

    fn wait(&mut self, name: &str, condition: Condition) -> Result<()> {
        let at = self.running.iter().position(|one| one.name == name);
        let Some(at) = at else {
            bail!("service {name} does not run");
        };
        if self.running[at].is_known_to_be_well {
            return Ok(());
        }
        match condition {
            Condition::ServiceHealthy => self.wait_healthy(at)?,
            Condition::ServiceCompletedSuccessfully => self.wait_completed(at)?,
        }
        self.running[at].is_known_to_be_well = true;
        Ok(())
    }

    fn wait_completed(&mut self, at: usize) -> Result<()> {
        let one = &mut self.running[at];
        let deadline = Instant::now() + LONGEST_RUN;
        loop {
            interrupt::check()?;
            if let Some(status) = one.child.try_wait()? {
                ensure!(
                    status.success(),
                    "service {}: {status}\n{}",
                    one.name,
                    one.last_lines()
                );
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "service {} does not end",
                one.name
            );
            thread::sleep(POLL);
        }
    }

    fn wait_healthy(&mut self, at: usize) -> Result<()> {
        let name = self.running[at].name.clone();
        let service = &self.compose.services[&name];
        let check = service.healthcheck.as_ref();
        let check = check.with_context(|| format!("service {name} has no health check"))?;
        let (interval, timeout) = (duration(&check.interval)?, duration(&check.timeout)?);
        let deadline = Instant::now() + duration(&check.start_period)? + interval * check.retries;
        loop {
            interrupt::check()?;
            let one = &mut self.running[at];
            if let Some(status) = one.child.try_wait()? {
                bail!("service {name} ended: {status}\n{}", one.last_lines());
            }
            let mut command = self.health_command(&name, service, check)?;
            let fault = match step::output_within(&mut command, timeout) {
                Ok(Some(_)) => return Ok(()),
                Ok(None) => "does not answer".to_owned(),
                Err(error) => format!("{error:#}"),
            };
            let log = self.running[at].last_lines();
            ensure!(
                Instant::now() < deadline,
                "service {name} is not healthy: {fault}\n{log}"
            );
            thread::sleep(POLL * 5);
        }
    }

    fn health_command(
        &self,
        name: &str,
        service: &Service,
        check: &HealthCheck,
    ) -> Result<Command> {
        let moved = |word: &String| self.places.moved_inside(name, service, word);
        let (kind, words) = check.test.split_first().context("an empty test")?;
        let words = words.iter().map(moved).collect::<Result<Vec<_>>>()?;
        let mut command = match kind.as_str() {
            "CMD" => guarded("env"),
            "CMD-SHELL" => {
                let mut shell = guarded("sh");
                shell.arg("-c");
                shell
            }
            other => bail!("service {name}: health check {other}"),
        };
        command.args(words);
        self.set_environment(name, service, &mut command)?;
        Ok(command)
    }

    /// Nothing of ours but where programs are found.
    fn set_environment(&self, name: &str, service: &Service, command: &mut Command) -> Result<()> {
        command
            .env_clear()
            .stdin(Stdio::null())
            .current_dir(self.root);
        command.env("PATH", self.path()?);
        for (variable, value) in &service.environment {
            let value = match value.as_str() {
                "0.0.0.0" => "127.0.0.1".to_owned(),
                number if number.parse::<u16>().is_ok() => {
                    self.places.moved_inside(name, service, number)?
                }
                text => self
                    .places
                    .moved(name, service, text)
                    .with_context(|| format!("service {name}: {variable}"))?,
            };
            command.env(variable, value);
        }
        Ok(())
    }

    fn path(&self) -> Result<OsString> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = self
            .mysqld
            .programs()
            .into_iter()
            .chain([self.binaries.to_owned()]);
        Ok(env::join_paths(folders.chain(env::split_paths(&path)))?)
    }

    /// Ends everything, last first; a service that does not end cleanly is a fault.
    pub fn stop(mut self) -> Result<()> {
        let mut faults = BTreeMap::new();
        while let Some(mut one) = self.running.pop() {
            if one.child.try_wait()?.is_none() {
                step::stop(&mut one.child, GRACE)?;
            }
            let status = one.child.wait()?;
            if self.compose.services[&one.name].is_ours() && !status.success() {
                faults.insert(one.name, status);
            }
        }
        ensure!(faults.is_empty(), "did not end cleanly: {faults:?}");
        Ok(())
    }
}

impl Running {
    fn last_lines(&self) -> String {
        step::last_lines(&self.log, 15)
    }
}

impl Drop for Containers<'_> {
    fn drop(&mut self) {
        while let Some(mut one) = self.running.pop() {
            // The number of one that ended may be another's by now. Whatever failed is told already.
            if let Ok(None) = one.child.try_wait() {
                let _ = step::stop(&mut one.child, Duration::from_secs(2));
            }
        }
    }
}

/// `10s`, `1m`.
fn duration(text: &str) -> Result<Duration> {
    let (number, unit) = text.split_at(text.len().saturating_sub(1));
    let number: u64 = number.parse().with_context(|| format!("duration {text}"))?;
    match unit {
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(60 * number)),
        _ => bail!("duration {text}"),
    }
}
