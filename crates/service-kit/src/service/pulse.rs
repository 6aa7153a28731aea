//! What a connection is doing and how long it may go on doing it.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::{HeaderMap, header};
use tokio::time::{Duration, Instant};

use super::limits::Limits;

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
    lines: Lines,
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
            lines: Lines::default(),
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
            state.lines.count = 0;
        }
        state.lines.read(bytes);
    }

    /// A head is whole. Says too whether it had a `Content-Length` that hyper has taken out,
    /// because of a `Transfer-Encoding`.
    pub(super) fn serve(self: &Arc<Self>, headers: &HeaderMap) -> (Serving, bool) {
        let mut state = self.state();
        state.wait = None;
        state.answers = true;
        let hidden = state.lines.contradict && headers.contains_key(header::TRANSFER_ENCODING);
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
        let status = match (status, state.lines.count) {
            (431, 0) => 414,
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

/// Counts lines and finds heads that say both `Content-Length` and `Transfer-Encoding`: hyper
/// drops the first without a word. A head is what has no empty line in it; the end of the body
/// before it may be taken for a part of it, which costs a strange sender a 400.
#[derive(Default)]
struct Lines {
    count: usize,
    is_in_line: bool,
    /// Which of the names the line may start with, and what of it is still to come.
    name: usize,
    rest: &'static [u8],
    found: [bool; 2],
    /// Whether one head had both.
    contradict: bool,
}

impl Lines {
    const NAMES: [&[u8]; 2] = [b"content-length:", b"transfer-encoding:"];

    fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte.to_ascii_lowercase() {
                b'\n' => self.end_line(),
                b'\r' => {}
                letter => self.go_on(letter),
            }
        }
    }

    fn end_line(&mut self) {
        if !self.is_in_line {
            self.found = [false; 2];
        }
        self.count += 1;
        self.is_in_line = false;
    }

    fn go_on(&mut self, letter: u8) {
        if !self.is_in_line {
            self.is_in_line = true;
            self.name = usize::from(letter == Self::NAMES[1][0]);
            self.rest = Self::NAMES[self.name];
        }
        match self.rest.split_first() {
            Some((expected, rest)) if *expected == letter => {
                self.rest = rest;
                self.found[self.name] |= rest.is_empty();
                self.contradict |= self.found == [true; 2];
            }
            _ => self.rest = &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contradict(pieces: &[&str]) -> bool {
        let mut lines = Lines::default();
        for piece in pieces {
            lines.read(piece.as_bytes());
        }
        lines.contradict
    }

    #[test]
    fn both_are_found_however_they_are_cut() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-encoding: chunked\r\nX: y\r\n\
                    Content-LENGTH: 5\r\n\r\n";
        for cut in 0..head.len() {
            assert!(contradict(&[&head[..cut], &head[cut..]]), "{cut}");
        }
    }

    #[test]
    fn what_looks_like_them_is_not() {
        for head in [
            "A\r\ncontent-length: 5\r\n\r\nhelloB\r\ntransfer-encoding: x\r\n\r\n",
            "A\ncontent-length: 5\n\nhelloB\ntransfer-encoding: x\n\n",
            "A\r\ncontent-length: 5\r\nx: transfer-encoding: x\r\n\r\n",
            "A\r\ncontent-length: 5\r\ntransfer-encodings: x\r\n\r\n",
            "A\r\ncontent-length: 5\r\n transfer-encoding: x\r\n\r\n",
        ] {
            assert!(!contradict(&[head]), "{head}");
        }
    }
}
