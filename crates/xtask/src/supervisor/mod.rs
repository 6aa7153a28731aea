//! Keeps parts alive: starts them, restarts the dead, gives up on the hopeless, ends all in order.
//!
//! One thread ([`Supervisor::run`]) owns every child and handles one [`Event`] at a time. It also
//! spawns them, because a child gets its parent-death signal when the *thread* that spawned it
//! ends. Helper threads only wait (for an exit, for readiness, for a request) and send events.

mod child;
pub mod control;
mod handle;
pub mod part;
pub mod probe;
pub mod spec;
pub mod state;

use crate::console::{self, Progress};
use anyhow::{Result, anyhow};
pub use handle::{Handle, Waiting};
use part::{Part, Phase};
use spec::{PartSpec, Tier};
use state::{PartStatus, StateFile};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Deaths in a row before ready after which a part is hopeless.
pub const MOST_EARLY_DEATHS: u32 = 5;
/// How often a wait for the end looks up.
const POLL: Duration = Duration::from_millis(100);
/// A dead part is started again after this.
pub const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// The answer to a request: nothing, or why not.
pub type Reply = Sender<std::result::Result<(), String>>;

/// What can happen.
#[derive(Debug)]
pub enum Event {
    /// Supervise this part; the reply comes when it is ready.
    Add(Box<PartSpec>, Reply),
    /// Start a stopped part; the reply comes when it is ready.
    Start(String, Reply),
    /// Stop a part and keep it stopped; the reply comes when it is gone.
    Stop(String, Reply),
    /// Report all parts.
    Status(Sender<Vec<PartStatus>>),
    /// The recipe's knowledge for `status` and the state file.
    Facts(Box<state::Facts>),
    /// The child of this part and generation has ended.
    Exited(usize, u64),
    /// The child of this part and generation answers.
    Ready(usize, u64),
    /// Somebody asked for the end.
    Down,
    /// The recipe failed; the end.
    Failed(anyhow::Error),
}

/// The owner of all children.
#[derive(Debug)]
pub struct Supervisor {
    parts: Vec<Part>,
    events: Receiver<Event>,
    handle: Handle,
    state: StateFile,
    /// The recipe is through: from now on a hopeless part ends nothing but itself.
    came_up: bool,
}

impl Supervisor {
    /// Nothing runs yet.
    pub fn new(state_file: PathBuf) -> Self {
        let (sender, events) = channel();
        let state = StateFile::new(state_file);
        Self {
            parts: Vec::new(),
            events,
            handle: Handle(sender),
            state,
            came_up: false,
        }
    }

    /// For those who send events.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Works until the end is asked for, or a part is hopeless before everything came up; then calls
    /// `on_end` and ends every child. To be called on a thread that lives as long as the children shall.
    pub fn run(mut self, on_end: impl FnOnce()) -> Result<()> {
        let end = loop {
            let event = match self.next_deadline() {
                Some(at) => {
                    let pause = at.saturating_duration_since(Instant::now());
                    self.events.recv_timeout(pause).ok()
                }
                None => self.events.recv().ok(),
            };
            let before = self.statuses();
            let ended = event
                .and_then(|event| self.handle_event(event))
                .or_else(|| self.act_on_time());
            if before != self.statuses() {
                self.state.write(&self.statuses());
            }
            if let Some(end) = ended {
                break end;
            }
        };
        on_end();
        self.end_all();
        end
    }

    fn handle_event(&mut self, event: Event) -> Option<Result<()>> {
        match event {
            Event::Add(spec, reply) => {
                self.parts.push(Part::new(*spec));
                self.start(self.parts.len() - 1, Some(reply))
            }
            Event::Start(name, reply) => match self.find(&name, &reply) {
                Some(index) => self.start(index, Some(reply)),
                None => None,
            },
            Event::Stop(name, reply) => {
                if let Some(index) = self.find(&name, &reply) {
                    self.parts[index].stop(Some(reply));
                }
                None
            }
            Event::Status(reply) => {
                // An asker that left needs no answer.
                let _ = reply.send(self.statuses());
                None
            }
            Event::Facts(facts) => {
                self.came_up |= facts.ready;
                self.state.set_facts(*facts);
                self.state.write(&self.statuses());
                None
            }
            Event::Exited(index, generation) => self.exited(index, generation),
            Event::Ready(index, generation) => {
                self.parts[index].ready(generation);
                None
            }
            Event::Down => Some(Ok(())),
            Event::Failed(error) => Some(Err(error)),
        }
    }

    fn start(&mut self, index: usize, reply: Option<Reply>) -> Option<Result<()>> {
        self.parts[index].start(reply, index, &self.handle);
        self.give_up_if_hopeless(index)
    }

    fn exited(&mut self, index: usize, generation: u64) -> Option<Result<()>> {
        self.parts[index].exited(generation);
        self.give_up_if_hopeless(index)
    }

    fn give_up_if_hopeless(&mut self, index: usize) -> Option<Result<()>> {
        let part = &mut self.parts[index];
        if part.early_deaths() < MOST_EARLY_DEATHS {
            return None;
        }
        let obituary = part.give_up();
        if !self.came_up {
            return Some(Err(anyhow!(obituary)));
        }
        let name = part.name();
        console::shout(&format!(
            "{obituary}\n  gave up on {name}, the others go on; try again with: cargo xtask start {name}"
        ));
        None
    }

    /// Starts what has waited long enough and kills what was asked to end and did not.
    fn act_on_time(&mut self) -> Option<Result<()>> {
        for index in 0..self.parts.len() {
            match self.parts[index].phase() {
                Phase::Waiting { again_at } if again_at <= Instant::now() => {
                    if let Some(end) = self.start(index, None) {
                        return Some(end);
                    }
                }
                Phase::Stopping { kill_at } if kill_at <= Instant::now() => {
                    self.parts[index].kill()
                }
                _ => {}
            }
        }
        None
    }

    fn next_deadline(&self) -> Option<Instant> {
        let deadline = |part: &Part| match part.phase() {
            Phase::Waiting { again_at } => Some(again_at),
            Phase::Stopping { kill_at } => Some(kill_at),
            _ => None,
        };
        self.parts.iter().filter_map(deadline).min()
    }

    /// Ends the tiers one after the other, so that a service can still write what it must.
    fn end_all(&mut self) {
        let mut tiers: Vec<_> = self.parts.iter().map(Part::tier).collect();
        tiers.sort_unstable();
        tiers.dedup();
        for tier in tiers {
            self.end(tier);
            self.state.write(&self.statuses());
        }
    }

    /// Ends one tier: bounded by the parts' grace, and by what SIGKILL takes.
    fn end(&mut self, tier: Tier) {
        let mut progress = Progress::start(&format!("stopping {}", tier.title()));
        for part in self.parts.iter_mut().filter(|part| part.tier() == tier) {
            part.stop(None);
        }
        let has_child = |part: &Part| part.tier() == tier && part.has_child();
        while self.parts.iter().any(has_child) {
            match self.events.recv_timeout(POLL) {
                Ok(Event::Exited(index, generation)) => self.parts[index].exited(generation),
                Ok(_) => {}
                Err(_) => self.kill_late(),
            }
            progress.tick();
        }
        progress.done();
    }

    fn kill_late(&mut self) {
        for part in &mut self.parts {
            if matches!(part.phase(), Phase::Stopping { kill_at } if kill_at <= Instant::now()) {
                part.kill();
            }
        }
    }

    fn find(&self, name: &str, reply: &Reply) -> Option<usize> {
        let found = self.parts.iter().position(|part| part.name() == name);
        if found.is_none() {
            let names: Vec<&str> = self.parts.iter().map(Part::name).collect();
            let _ = reply.send(Err(format!(
                "no part is called {name}; there are {}",
                names.join(", ")
            )));
        }
        found
    }

    fn statuses(&self) -> Vec<PartStatus> {
        self.parts.iter().map(Part::status).collect()
    }
}
