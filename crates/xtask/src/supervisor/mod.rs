//! Keeps parts alive: starts them, restarts the dead, gives up on the hopeless, ends all in order.
//!
//! One thread ([`Supervisor::run`]) owns every child and handles one [`Event`] at a time. It also
//! spawns them, because a child gets its parent-death signal when the *thread* that spawned it
//! ends. Helper threads only wait (for an exit, for readiness, for a request) and send events.

mod child;
pub mod control;
pub mod part;
pub mod probe;
pub mod spec;
pub mod state;

use anyhow::{Result, anyhow, bail};
use part::{Part, Phase};
use spec::PartSpec;
use state::{PartStatus, StateFile};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Deaths in a row before ready after which a part is hopeless.
pub const MOST_EARLY_DEATHS: u32 = 5;
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

/// The sending side, for the recipe and the control socket.
#[derive(Debug, Clone)]
pub struct Handle(Sender<Event>);

impl Handle {
    /// Sends an event; one that comes after the end is lost, and its sender sees a closed reply.
    pub fn send(&self, event: Event) {
        let _ = self.0.send(event);
    }

    /// Starts a part and gives what resolves when it is ready.
    pub fn add(&self, spec: PartSpec) -> Waiting {
        self.ask(|reply| Event::Add(Box::new(spec), reply))
    }

    /// Sends a request that is answered once.
    pub fn ask(&self, event: impl FnOnce(Reply) -> Event) -> Waiting {
        let (reply, answer) = channel();
        self.send(event(reply));
        Waiting(answer)
    }

    /// All parts as they are now.
    pub fn status(&self) -> Vec<PartStatus> {
        let (reply, answer) = channel();
        self.send(Event::Status(reply));
        answer.recv().unwrap_or_default()
    }
}

/// An answer to come.
#[derive(Debug)]
pub struct Waiting(Receiver<std::result::Result<(), String>>);

impl Waiting {
    /// Waits; an error says why the part is not as asked.
    pub fn wait(self) -> Result<()> {
        let answer = self
            .0
            .recv()
            .map_err(|_| anyhow!("the stack is stopping"))?;
        answer.map_err(|reason| anyhow!(reason))
    }

    /// The same with an end; `tick` is called a few times a second.
    pub fn wait_until(self, deadline: Instant, mut tick: impl FnMut()) -> Result<()> {
        while Instant::now() < deadline {
            match self.0.recv_timeout(Duration::from_millis(50)) {
                Ok(answer) => return answer.map_err(|reason| anyhow!(reason)),
                Err(RecvTimeoutError::Timeout) => tick(),
                Err(RecvTimeoutError::Disconnected) => bail!("the stack is stopping"),
            }
        }
        bail!("it takes too long")
    }
}

/// The owner of all children.
#[derive(Debug)]
pub struct Supervisor {
    parts: Vec<Part>,
    events: Receiver<Event>,
    handle: Handle,
    state: StateFile,
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
        }
    }

    /// For those who send events.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Works until the end is asked for or a part is hopeless, then calls `on_end` and ends every
    /// child. To be called on a thread that lives as long as the children shall.
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
        self.hopeless(index)
    }

    fn exited(&mut self, index: usize, generation: u64) -> Option<Result<()>> {
        self.parts[index].exited(generation);
        self.hopeless(index)
    }

    fn hopeless(&self, index: usize) -> Option<Result<()>> {
        let part = &self.parts[index];
        (part.early_deaths() >= MOST_EARLY_DEATHS).then(|| Err(anyhow!(part.obituary())))
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
            for part in self.parts.iter_mut().filter(|part| part.tier() == tier) {
                part.stop(None);
            }
            while self
                .parts
                .iter()
                .any(|part| part.tier() == tier && part.has_child())
            {
                let deadline = self.next_deadline().unwrap_or_else(Instant::now);
                match self
                    .events
                    .recv_timeout(deadline.saturating_duration_since(Instant::now()))
                {
                    Ok(Event::Exited(index, generation)) => self.parts[index].exited(generation),
                    Ok(_) => {}
                    Err(_) => self.kill_late(),
                }
            }
            self.state.write(&self.statuses());
        }
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
