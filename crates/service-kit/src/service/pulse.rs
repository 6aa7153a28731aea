//! What a connection is doing and how long it may go on doing it.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::{HeaderMap, header};
use tokio::time::{Duration, Instant};

use super::{framing::Framing, limits::Limits};

/// How long half a head is waited for once the service is told to stop: it is no request yet.
const HALF_A_HEAD_AT_THE_END: Duration = Duration::from_millis(500);

/// What the client keeps us waiting for; the label of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    FirstByte,
    Head,
    NextRequest,
    Reading,
}

impl Wait {
    pub(super) const ALL: [Self; 4] = [
        Self::FirstByte,
        Self::Head,
        Self::NextRequest,
        Self::Reading,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FirstByte => "first byte",
            Self::Head => "head",
            Self::NextRequest => "next request",
            Self::Reading => "reading",
        }
    }
}

/// Written by a connection's socket and service, read by whoever watches its time.
pub(super) struct Pulse {
    limits: Limits,
    state: Mutex<State>,
}

struct State {
    /// `None` while a request is served, which has a deadline of its own.
    wait: Option<Wait>,
    since: Instant,
    /// Since when the client has taken nothing of what is written.
    stuck: Option<Instant>,
    /// Whether what is written is an answer of the service. Else it is one of hyper's own.
    answers: bool,
    /// The status of hyper's own answer.
    refused: Option<u16>,
    client_is_done: bool,
    framing: Framing,
    /// Heads that hyper has read.
    heads: usize,
}

/// A request that is served, until its answer is handed over.
pub(super) struct Serving(Arc<Pulse>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.state().wait_for(Wait::NextRequest);
    }
}

impl Pulse {
    /// Of a connection that was made now.
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        let state = State {
            wait: Some(Wait::FirstByte),
            since: Instant::now(),
            stuck: None,
            answers: false,
            refused: None,
            client_is_done: false,
            framing: Framing::new(),
            heads: 0,
        };
        Arc::new(Self {
            limits,
            state: Mutex::new(state),
        })
    }

    /// The client sent these bytes; none are its last.
    pub(super) fn read(&self, bytes: &[u8]) {
        let mut state = self.state();
        if bytes.is_empty() {
            state.client_is_done = true;
            return;
        }
        if matches!(state.wait, Some(Wait::FirstByte | Wait::NextRequest)) {
            state.wait_for(Wait::Head);
        }
        state.framing.read(bytes);
    }

    /// A head is whole. Says too whether it had a `Content-Length` that hyper has taken out,
    /// because of a `Transfer-Encoding`; a head that was not understood may have had.
    pub(super) fn serve(self: &Arc<Self>, headers: &HeaderMap) -> (Serving, bool) {
        let mut state = self.state();
        state.wait = None;
        state.answers = true;
        state.heads += 1;
        let is_clear = state.framing.is_clear(state.heads);
        let hidden = !is_clear && headers.contains_key(header::TRANSFER_ENCODING);
        drop(state);
        (Serving(Arc::clone(self)), hidden)
    }

    /// Whether what is written is an answer of the service.
    pub(super) fn answers(&self) -> bool {
        self.state().answers
    }

    /// The client took something of an answer, or nothing.
    pub(super) fn wrote(&self, something: bool) {
        let stuck = &mut self.state().stuck;
        match something {
            true => *stuck = None,
            false => *stuck = stuck.or_else(|| Some(Instant::now())),
        }
    }

    /// All that there is to write is written.
    pub(super) fn flushed(&self) {
        let mut state = self.state();
        state.answers = state.wait.is_none();
    }

    /// hyper refuses what it has read.
    pub(super) fn refuse(&self, status: u16) {
        let mut state = self.state();
        // What is too large, if no line has ended yet, is the first line.
        let status = match (status, state.framing.is_in_first_line()) {
            (431, true) => 414,
            (status, _) => status,
        };
        state.refused.get_or_insert(status);
    }

    /// The status with which hyper has refused.
    pub(super) fn refused(&self) -> Option<u16> {
        self.state().refused
    }

    /// Whether the client has sent all that it ever will.
    pub(super) fn client_is_done(&self) -> bool {
        self.state().client_is_done
    }

    /// When patience ends, and what with; `None` while it is the service that works. `told` is
    /// when the service was told to stop.
    pub(super) fn deadline(&self, told: Option<Instant>) -> Option<(Instant, Wait)> {
        let state = self.state();
        let until = |since: Instant, wait| (since + self.patience(wait), wait);
        let reading = state.stuck.map(|since| until(since, Wait::Reading));
        let sending = state.wait.map(|wait| {
            let (deadline, wait) = until(state.since, wait);
            let end = told.map(|told| told + HALF_A_HEAD_AT_THE_END);
            (end.map_or(deadline, |end| end.min(deadline)), wait)
        });
        [reading, sending]
            .into_iter()
            .flatten()
            .min_by_key(|(deadline, _)| *deadline)
    }

    fn patience(&self, wait: Wait) -> Duration {
        match wait {
            Wait::FirstByte => self.limits.first_byte,
            Wait::Head => self.limits.head,
            Wait::NextRequest => self.limits.idle,
            Wait::Reading => self.limits.write,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("invariant: nothing here panics while it holds the lock")
    }
}

impl State {
    fn wait_for(&mut self, wait: Wait) {
        self.wait = Some(wait);
        self.since = Instant::now();
    }
}
