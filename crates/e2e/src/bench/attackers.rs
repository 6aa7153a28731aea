//! Clients that take connections and give nothing for them.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::LocalSet,
    time::timeout,
};

/// They come from 127.0.0.2 to 127.0.0.50.
const ADDRESSES: usize = 49;
/// One more byte comes every so often, from those who send at all.
const DRIP: Duration = Duration::from_secs(1);
/// A connection that is open for longer has been forgotten: longer than any request may take.
const TOO_LONG: Duration = Duration::from_secs(30);
/// After a connection that was refused.
const PAUSE: Duration = Duration::from_millis(100);

/// What they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Send heads byte by byte that never end.
    SlowHeads,
    /// Send bodies byte by byte that never end.
    SlowBodies,
    /// Send nothing.
    Silence,
}

/// What became of their connections.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fate {
    /// The gateway closed them.
    pub closed: usize,
    /// The longest that one was open.
    pub longest: Duration,
    /// Still open after half a minute.
    pub forgotten: usize,
    /// Could not be made.
    pub refused: usize,
}

impl Fate {
    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            closed: self.closed + other.closed,
            longest: self.longest.max(other.longest),
            forgotten: self.forgotten + other.forgotten,
            refused: self.refused + other.refused,
        }
    }
}

/// So many of each at a time, who come again for `length`, in a thread of their own.
pub async fn run(
    address: SocketAddr,
    attacks: Vec<(Attack, usize)>,
    length: Duration,
) -> anyhow::Result<Fate> {
    let (done, fate) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Nobody listens any more only when the whole program ends.
        let _ = done.send(run_here(address, &attacks, length));
    });
    fate.await.context("the attackers' thread died")?
}

fn run_here(
    address: SocketAddr,
    attacks: &[(Attack, usize)],
    length: Duration,
) -> anyhow::Result<Fate> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = LocalSet::new();
    let until = Instant::now() + length;
    let each = attacks
        .iter()
        .flat_map(|(attack, count)| std::iter::repeat_n(*attack, *count));
    let attackers: Vec<_> = each
        .enumerate()
        .map(|(number, attack)| local.spawn_local(come_again(address, attack, number, until)))
        .collect();
    local.block_on(&runtime, async {
        let mut fate = Fate::default();
        for attacker in attackers {
            fate = fate.and(attacker.await?);
        }
        Ok(fate)
    })
}

async fn come_again(address: SocketAddr, attack: Attack, number: usize, until: Instant) -> Fate {
    let from = Ipv4Addr::from_bits(0x7f00_0002 + u32::try_from(number % ADDRESSES).unwrap_or(0));
    let mut fate = Fate::default();
    while Instant::now() < until {
        let Ok(mut stream) = connect(from, address).await else {
            fate.refused += 1;
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let since = Instant::now();
        match timeout(TOO_LONG, linger(&mut stream, attack)).await {
            Ok(()) => fate.closed += 1,
            Err(_) => fate.forgotten += 1,
        }
        fate.longest = fate.longest.max(since.elapsed());
    }
    fate
}

async fn connect(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    timeout(TOO_LONG, socket.connect(to)).await?
}

/// Does as little as possible until the connection is closed.
async fn linger(stream: &mut TcpStream, attack: Attack) {
    let (mut reader, mut writer) = stream.split();
    let send = async {
        let begin = match attack {
            Attack::SlowHeads => "GET /api/v1/ping HTTP/1.1\r\nhost: airside\r\nx: ",
            Attack::SlowBodies => {
                "POST /api/v1/signup HTTP/1.1\r\nhost: airside\r\n\
                 content-type: application/json\r\ncontent-length: 60000\r\n\r\n{"
            }
            Attack::Silence => std::future::pending().await,
        };
        let mut sent = writer.write_all(begin.as_bytes()).await;
        while sent.is_ok() {
            tokio::time::sleep(DRIP).await;
            sent = writer.write_all(b" ").await;
        }
        // It was closed; whoever reads sees to that.
        std::future::pending::<()>().await;
    };
    let closed = async {
        let mut scrap = [0; 1024];
        while matches!(reader.read(&mut scrap).await, Ok(1..)) {}
    };
    tokio::select! { () = send => {}, () = closed => {} }
}
