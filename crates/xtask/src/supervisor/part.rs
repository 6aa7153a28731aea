//! One supervised process and the states it goes through.

use super::spec::{PartSpec, Tier};
use super::state::PartStatus;
use super::{Event, Handle, MOST_EARLY_DEATHS, RESTART_PAUSE, Reply, child};
use crate::console;
use crate::process::{procfs, signal_group, step};
use rustix::process::Signal;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// After SIGKILL a process is gone at once, unless its disk hangs.
const AFTER_KILL: Duration = Duration::from_secs(5);

/// Where a part is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not running, on purpose.
    Stopped,
    /// Running, not ready yet.
    Starting,
    /// Running, was ready once.
    Ready,
    /// Asked to end.
    Stopping {
        /// When patience ends.
        kill_at: Instant,
    },
    /// Dead, to be started again.
    Waiting {
        /// When.
        again_at: Instant,
    },
    /// Dead too often: not started again by itself.
    Failed,
}

/// One part.
#[derive(Debug)]
pub struct Part {
    spec: PartSpec,
    phase: Phase,
    child: Option<Child>,
    started: Option<u64>,
    /// Counts starts; what helper threads report of an older child is not heard.
    generation: Arc<AtomicU64>,
    early_deaths: u32,
    replies: Vec<Reply>,
    /// SIGKILL was sent to its child.
    killed: bool,
    /// `start` came while it was still ending.
    wanted_again: bool,
}

impl Part {
    /// A part that does not run yet.
    pub fn new(spec: PartSpec) -> Self {
        Self {
            spec,
            phase: Phase::Stopped,
            child: None,
            started: None,
            generation: Arc::default(),
            early_deaths: 0,
            replies: Vec::new(),
            killed: false,
            wanted_again: false,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// When it ends.
    pub fn tier(&self) -> Tier {
        self.spec.tier
    }

    /// Where it is in its life.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How often in a row it died before it was ready.
    pub fn early_deaths(&self) -> u32 {
        self.early_deaths
    }

    /// Whether a process of it may still run.
    pub fn has_child(&self) -> bool {
        self.child.is_some()
    }

    /// Leaves it dead and gives the reason, as everybody gets it who waits for it.
    pub fn give_up(&mut self) -> String {
        let obituary = self.obituary();
        self.phase = Phase::Failed;
        self.early_deaths = 0;
        self.answer_all(&Err(obituary.clone()));
        obituary
    }

    fn obituary(&self) -> String {
        format!(
            "{} died {} times in a row before it was ready; its log is {}, which ends:\n{}",
            self.spec.name,
            self.early_deaths,
            self.spec.log.display(),
            step::last_lines(&self.spec.log, 15)
        )
    }

    /// For `status` and the state file.
    pub fn status(&self) -> PartStatus {
        PartStatus {
            name: self.spec.name.clone(),
            url: self.spec.url.clone(),
            pid: self.child.as_ref().map(Child::id),
            started: self.started,
            health: match self.phase {
                Phase::Stopped => "stopped",
                Phase::Starting => "starting",
                Phase::Ready => "ready",
                Phase::Stopping { .. } => "stopping",
                Phase::Waiting { .. } => "restarting",
                Phase::Failed => "failed",
            }
            .to_owned(),
            log: self.spec.log.clone(),
            probe: Some(self.spec.probe.clone()),
        }
    }

    /// Starts it, unless it runs. `reply` is told when it is ready.
    pub fn start(&mut self, reply: Option<Reply>, index: usize, handle: &Handle) {
        if self.phase == Phase::Ready {
            answer(reply, Ok(()));
            return;
        }
        self.replies.extend(reply);
        match self.phase {
            Phase::Starting | Phase::Ready => {}
            Phase::Stopping { .. } => self.wanted_again = true,
            Phase::Stopped | Phase::Waiting { .. } | Phase::Failed => self.spawn(index, handle),
        }
    }

    /// Ends it and keeps it ended. `reply` is told when it is gone.
    pub fn stop(&mut self, reply: Option<Reply>) {
        self.answer_all(&Err(format!("{} is being stopped", self.spec.name)));
        self.wanted_again = false;
        self.early_deaths = 0;
        let Some(child) = &self.child else {
            self.phase = Phase::Stopped;
            answer(reply, Ok(()));
            return;
        };
        self.replies.extend(reply);
        signal_group(child.id(), Signal::TERM);
        self.phase = Phase::Stopping {
            kill_at: Instant::now() + self.spec.grace,
        };
    }

    /// Ends it now. One that even SIGKILL did not end (its disk hangs) is left to the kernel.
    pub fn kill(&mut self) {
        if self.killed {
            console::shout(&format!("{} cannot be killed; left behind", self.spec.name));
            self.generation.fetch_add(1, Ordering::SeqCst);
            self.child = None;
            return self.stopped();
        }
        self.killed = true;
        if let Some(child) = &self.child {
            console::warn(&format!(
                "{} did not end in time and was killed",
                self.spec.name
            ));
            signal_group(child.id(), Signal::KILL);
        }
        self.phase = Phase::Stopping {
            kill_at: Instant::now() + AFTER_KILL,
        };
    }

    /// Its child answers.
    pub fn ready(&mut self, generation: u64) {
        if self.phase == Phase::Starting && self.is_current(generation) {
            self.phase = Phase::Ready;
            self.early_deaths = 0;
            self.answer_all(&Ok(()));
        }
    }

    /// Its child has ended: reap it and decide what follows.
    pub fn exited(&mut self, generation: u64) {
        if !self.is_current(generation) {
            return;
        }
        let Some(mut child) = self.child.take() else {
            return;
        };
        // What it left in its group goes with it.
        signal_group(child.id(), Signal::KILL);
        let status = child
            .wait()
            .map_or_else(|error| error.to_string(), |status| status.to_string());
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.started = None;
        if matches!(self.phase, Phase::Stopping { .. }) {
            self.stopped();
        } else {
            self.died(&status);
        }
    }

    fn stopped(&mut self) {
        if self.wanted_again {
            self.wanted_again = false;
            self.phase = Phase::Waiting {
                again_at: Instant::now(),
            };
        } else {
            self.phase = Phase::Stopped;
            self.answer_all(&Ok(()));
        }
    }

    fn died(&mut self, status: &str) {
        if self.phase == Phase::Starting {
            self.early_deaths += 1;
        }
        let name = &self.spec.name;
        console::warn(&match self.early_deaths {
            MOST_EARLY_DEATHS.. => format!("{name} ended ({status})"),
            _ => format!("{name} ended ({status}), starting it again in 1 s"),
        });
        self.phase = Phase::Waiting {
            again_at: Instant::now() + RESTART_PAUSE,
        };
    }

    fn spawn(&mut self, index: usize, handle: &Handle) {
        let generation = self.generation.fetch_add(1, Ordering::SeqCst) + 1;
        self.phase = Phase::Starting;
        self.killed = false;
        match child::spawn(&self.spec) {
            Ok(child) => {
                self.started = procfs::started(child.id());
                child::watch_exit(child.id(), handle, Event::Exited(index, generation));
                let (probe, current) = (self.spec.probe.clone(), self.generation.clone());
                let is_current = move || current.load(Ordering::SeqCst) == generation;
                child::watch_ready(probe, is_current, handle, Event::Ready(index, generation));
                self.child = Some(child);
            }
            Err(error) => self.died(&error.to_string()),
        }
    }

    fn is_current(&self, generation: u64) -> bool {
        self.generation.load(Ordering::SeqCst) == generation
    }

    fn answer_all(&mut self, result: &Result<(), String>) {
        for reply in self.replies.drain(..) {
            answer(Some(reply), result.clone());
        }
    }
}

fn answer(reply: Option<Reply>, result: Result<(), String>) {
    if let Some(reply) = reply {
        // An asker that left needs no answer.
        let _ = reply.send(result);
    }
}
