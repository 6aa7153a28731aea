//! Closed-loop load: each connection sends its next request when the last answer is there. All
//! connections share one thread, so that the client takes little of the machine it measures.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{task::LocalSet, time::error::Elapsed};

use super::http1::Connection;

/// An answer that takes longer is an error.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Writes the next request; `false` when there is none left.
pub type Next = dyn FnMut(&mut Vec<u8>) -> bool + Send;
/// Whether an answer, status and body, is the right one.
pub type Check = dyn FnMut(u16, &[u8]) -> bool + Send;

/// What one connection sends and expects.
pub struct Script {
    /// The next request.
    pub next: Box<Next>,
    /// Its answer.
    pub check: Box<Check>,
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Microseconds of each right answer, sorted.
    pub micros: Vec<u32>,
    /// Wrong answers, broken connections, time-outs.
    pub errors: u64,
    /// The first of them.
    pub first_error: Option<String>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Bodies of all right answers together as they came, in chunks or not, in bytes.
    reply_bytes: usize,
}

impl Measured {
    /// Right answers a second.
    pub fn rate(&self) -> f64 {
        self.micros.len() as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// The latency in milliseconds that this share of the answers did not exceed.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.micros.len().saturating_sub(1);
        let at = (share * last as f64).round() as usize;
        self.micros
            .get(at)
            .map_or(f64::NAN, |us| f64::from(*us) / 1e3)
    }

    /// Body of an answer on average, in bytes.
    pub fn mean_reply(&self) -> usize {
        self.reply_bytes / self.micros.len().max(1)
    }

    /// Notes an answer that was awaited since `sent`, and whether it is right.
    pub fn record(
        &mut self,
        sent: Instant,
        answer: Result<io::Result<(u16, &[u8])>, Elapsed>,
        check: &mut Check,
    ) -> bool {
        let fault = match answer {
            Ok(Ok((status, body))) => match check(status, body) {
                true => {
                    self.reply_bytes += body.len();
                    self.micros.push(micros(sent.elapsed()));
                    return true;
                }
                false => format!("{status} {}", excerpt(body)),
            },
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        self.errors += 1;
        self.first_error.get_or_insert(fault);
        false
    }

    fn add(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        self.reply_bytes += other.reply_bytes;
    }
}

/// Runs each script on a connection of its own until `length` is over or nothing is left. The
/// connections are dealt to the addresses in turn.
pub async fn run(
    addresses: &[SocketAddr],
    scripts: Vec<Script>,
    length: Duration,
) -> anyhow::Result<Measured> {
    let (done, measured) = tokio::sync::oneshot::channel();
    let addresses = addresses.iter().copied().cycle().take(scripts.len());
    let scripts = addresses.zip(scripts).collect();
    std::thread::spawn(move || {
        // Nobody listens any more only when the whole program ends.
        let _ = done.send(run_here(scripts, length));
    });
    measured.await.context("the load thread died")?
}

fn run_here(scripts: Vec<(SocketAddr, Script)>, length: Duration) -> anyhow::Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = LocalSet::new();
    let started = Instant::now();
    let deadline = started + length;
    let tasks: Vec<_> = scripts
        .into_iter()
        .map(|(address, script)| local.spawn_local(follow(address, script, deadline)))
        .collect();
    let total = local.block_on(&runtime, async {
        let mut total = Measured::default();
        for task in tasks {
            total.add(task.await?);
        }
        anyhow::Ok(total)
    });
    let mut total = total?;
    total.elapsed = started.elapsed();
    total.micros.sort_unstable();
    Ok(total)
}

async fn follow(address: SocketAddr, mut script: Script, deadline: Instant) -> Measured {
    let mut connection = Connection::new(address);
    let mut mine = Measured::default();
    let mut request = Vec::with_capacity(1024);
    while Instant::now() < deadline {
        request.clear();
        if !(script.next)(&mut request) {
            break;
        }
        let sent = Instant::now();
        let answer = tokio::time::timeout(PATIENCE, connection.exchange(&request)).await;
        if !mine.record(sent, answer, &mut script.check) {
            // A server that refuses at once must not be hammered into a number.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    mine
}

fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned()
}

fn micros(elapsed: Duration) -> u32 {
    u32::try_from(elapsed.as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use super::*;

    /// Answers each request with the next of these, on one connection after the other.
    fn server(answers: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        std::thread::spawn(move || {
            let mut answers = answers.iter();
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut request = [0; 1024];
                while stream.read(&mut request).is_ok_and(|read| read > 0) {
                    let Some(answer) = answers.next() else { return };
                    stream.write_all(answer.as_bytes()).expect("written");
                    if answer.contains("close") {
                        break;
                    }
                }
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_are_read_whole_whatever_their_framing_and_errors_are_counted() {
        let address = server(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 503 Away\r\ncontent-length: 4\r\n\r\naway",
            "nonsense close\r\n\r\n",
        ]);
        let mut left = 5;
        let script = Script {
            next: Box::new(move |out| {
                super::super::http1::write(out, "GET", "/", "", "");
                left -= 1;
                left >= 0
            }),
            check: Box::new(|status, body| {
                status == 200 && body.windows(2).any(|two| two == b"ok")
            }),
        };
        let measured = run(&[address], vec![script], Duration::from_secs(5))
            .await
            .expect("it ran");
        assert_eq!((measured.micros.len(), measured.errors), (3, 2));
        assert_eq!(measured.mean_reply(), 5);
        assert_eq!(measured.first_error.as_deref(), Some("503 away"));
    }

    #[test]
    fn percentiles_are_of_sorted_answers() {
        let measured = Measured {
            micros: (1..=100).map(|n| n * 1000).collect(),
            elapsed: Duration::from_secs(10),
            ..Measured::default()
        };
        assert_eq!(measured.percentile(0.5), 51.0);
        assert_eq!(measured.percentile(0.99), 99.0);
        assert_eq!(measured.rate(), 10.0);
        assert!(Measured::default().percentile(0.5).is_nan());
    }
}
