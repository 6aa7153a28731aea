//! The sending side of the supervisor: events in, answers out.

use super::spec::PartSpec;
use super::state::PartStatus;
use super::{Event, Reply};
use anyhow::{Result, anyhow, bail};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// The sending side, for the recipe and the control socket.
#[derive(Debug, Clone)]
pub struct Handle(pub(super) Sender<Event>);

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
