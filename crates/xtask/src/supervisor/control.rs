//! The socket through which `status`, `start`, `stop` and `down` talk to the supervisor: one line
//! of JSON each way.

use super::state::PartStatus;
use super::{Event, Handle};
use crate::console::Progress;
use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

const POLL: Duration = Duration::from_millis(100);

/// What can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "command", content = "part")]
pub enum Request {
    /// All parts, each asked for its health now.
    Status,
    /// Start a stopped part; answered when it is ready.
    Start(String),
    /// Stop a part; answered when it is gone.
    Stop(String),
    /// End everything; answered at once.
    Down,
}

impl Request {
    /// The longest that an answer may take.
    fn patience(&self) -> Duration {
        Duration::from_secs(match self {
            // A part that died and is started again a few times.
            Self::Start(_) => 120,
            // The longest grace of a part, and its kill.
            Self::Stop(_) => 45,
            Self::Status | Self::Down => 10,
        })
    }
}

/// The answer.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Why not.
    pub error: Option<String>,
    /// For `Status`.
    pub parts: Vec<PartStatus>,
}

/// Listens until the process ends.
pub fn listen(socket: &Path, handle: Handle) -> Result<()> {
    // A socket file of a killed supervisor; the lock says that it is not in use.
    let _ = fs::remove_file(socket);
    let listener = UnixListener::bind(socket)
        .with_context(|| format!("cannot listen on {}", socket.display()))?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = handle.clone();
            // An asker that leaves early needs no answer.
            thread::spawn(move || serve(stream, &handle).ok());
        }
    });
    Ok(())
}

/// Asks the supervisor; None when none listens. Shows `title` while the answer takes its time.
pub fn ask(socket: &Path, request: &Request, title: &str) -> Result<Option<Answer>> {
    let Ok(mut stream) = UnixStream::connect(socket) else {
        return Ok(None);
    };
    stream.set_write_timeout(Some(request.patience()))?;
    serde_json::to_writer(&stream, request)?;
    stream.write_all(b"\n")?;
    let mut progress = Progress::start(title);
    let line = read_line(stream, request.patience(), || progress.tick())?;
    if line.is_empty() {
        bail!("the supervisor ended before it answered");
    }
    let answer: Answer = serde_json::from_slice(&line)?;
    match answer.error {
        Some(error) => bail!(error),
        None => {
            progress.done();
            Ok(Some(answer))
        }
    }
}

/// One line, within `patience`; `tick` is called a few times a second.
fn read_line(stream: UnixStream, patience: Duration, mut tick: impl FnMut()) -> Result<Vec<u8>> {
    stream.set_read_timeout(Some(POLL))?;
    let deadline = Instant::now() + patience;
    let (mut reader, mut line) = (BufReader::new(stream), Vec::new());
    loop {
        // What came before a time-out stays in `line`.
        match reader.read_until(b'\n', &mut line) {
            Ok(_) => return Ok(line),
            Err(error) if error.kind() == ErrorKind::WouldBlock => tick(),
            Err(error) => return Err(error.into()),
        }
        ensure!(
            Instant::now() < deadline,
            "no answer within {} s; the logs of `up` and of the part say why",
            patience.as_secs()
        );
    }
}

fn serve(mut stream: UnixStream, handle: &Handle) -> Result<()> {
    let mut line = String::new();
    BufReader::new(stream.try_clone()?).read_line(&mut line)?;
    let answer = answer(&line, handle).unwrap_or_else(|error| Answer {
        error: Some(format!("{error:#}")),
        parts: Vec::new(),
    });
    serde_json::to_writer(&stream, &answer)?;
    stream.write_all(b"\n")?;
    Ok(())
}

fn answer(line: &str, handle: &Handle) -> Result<Answer> {
    let mut answer = Answer::default();
    match serde_json::from_str(line).context("not a request")? {
        Request::Status => answer.parts = probed(handle.status()),
        Request::Start(part) => handle.ask(|reply| Event::Start(part, reply)).wait()?,
        Request::Stop(part) => handle.ask(|reply| Event::Stop(part, reply)).wait()?,
        Request::Down => handle.send(Event::Down),
    }
    Ok(answer)
}

/// Asks all parts that were ready whether they still are, at the same time.
fn probed(parts: Vec<PartStatus>) -> Vec<PartStatus> {
    let ask = |mut part: PartStatus| {
        let answers = part
            .probe
            .as_ref()
            .is_some_and(super::probe::Probe::is_ready);
        if part.health == "ready" && !answers {
            part.health = "not ready".to_owned();
        }
        part
    };
    thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || ask(part)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a probe does not panic"))
            .collect()
    })
}
