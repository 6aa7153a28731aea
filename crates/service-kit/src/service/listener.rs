//! Listens, takes connections within the limits, serves each in a task of its own, and lets them end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use metrics::{Counter, counter};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{caps::Caps, connection, cores::Cores, front::Front, limits::Limits, pulse::Wait};
use crate::http::{correlation, problem::Problem};

/// Connections that may wait to be accepted. When more come at once, the kernel forgets some: their
/// clients try again after a second, or take themselves for connected. Usual is 128.
const BACKLOG: u32 = 4_096;
/// How long nothing is accepted after the system could not: it is out of descriptors or memory,
/// and says so again at once.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Binds the address that `variable` names; a taken port is an error that says so.
pub async fn listen(variable: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listen = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().with_context(|| format!("{variable}: cannot listen on {address}"))
}

fn timed_out_of(service: &'static str, wait: Wait) -> Counter {
    let labels = [("service", service), ("awaited", wait.name())];
    counter!("connections_timed_out_total", &labels)
}

/// Where clients connect. Its metrics: `connections_open`, `connections_refused_total` (by
/// reason), `connections_timed_out_total` (by what was awaited), `accept_errors_total`.
pub(super) struct Listener {
    service: &'static str,
    tcp: TcpListener,
    caps: Arc<Caps>,
    cores: Option<Arc<Cores>>,
}

impl Listener {
    pub(super) fn new(service: &'static str, tcp: TcpListener, limits: Limits) -> Self {
        Self {
            service,
            tcp,
            caps: Caps::new(service, limits),
            cores: None,
        }
    }

    /// Has `cores` serve what is accepted, instead of the runtime that accepts it.
    pub(super) fn on(self, cores: Option<Arc<Cores>>) -> Self {
        Self { cores, ..self }
    }

    /// Serves until `stop`, then until the requests in flight are answered. Aborted, it drops
    /// every connection.
    pub(super) async fn serve(self, front: Front, stop: CancellationToken) {
        // Shown from the start: a series that begins with its first event hides that one from rates.
        for wait in Wait::ALL {
            timed_out_of(self.service, wait).increment(0);
        }
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = connections.join_next() => {}
                accepted = self.tcp.accept() => match accepted {
                    Ok((stream, peer)) => self.take(stream, peer, &front, &stop, &mut connections),
                    Err(error) => self.failed(&error).await,
                },
            }
        }
        drop(self);
        while connections.join_next().await.is_some() {}
    }

    fn take(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        front: &Front,
        stop: &CancellationToken,
        connections: &mut JoinSet<()>,
    ) {
        let permit = match self.caps.admit(peer.ip()) {
            Ok(permit) => permit,
            Err(reason) => return self.refuse(&stream, reason),
        };
        let _ = stream.set_nodelay(true);
        let service = self.service;
        let (front, stop) = (front.clone(), stop.clone());
        let serve = async move |stream: TcpStream| {
            let timed_out = connection::serve(stream, peer, front, stop).await;
            drop(permit);
            if let Some(wait) = timed_out {
                timed_out_of(service, wait).increment(1);
            }
        };
        match &self.cores {
            Some(cores) => cores.serve(stream, connections, serve),
            None => drop(connections.spawn(serve(stream))),
        }
    }

    /// Answers as far as that takes no time: whoever floods us gets no task.
    fn refuse(&self, stream: &TcpStream, reason: &'static str) {
        let labels = [("service", self.service), ("reason", reason)];
        counter!("connections_refused_total", &labels).increment(1);
        let problem = Problem::unavailable("Too many connections; try again");
        let answer = correlation::identified_alone(|| connection::raw(problem));
        let _ = stream.try_write(answer.as_bytes());
    }

    async fn failed(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        // The client has gone while it waited to be accepted.
        if matches!(
            error.kind(),
            ConnectionAborted | ConnectionRefused | ConnectionReset
        ) {
            return;
        }
        let service = self.service;
        counter!("accept_errors_total", "service" => service).increment(1);
        tracing::warn!(service, %error, "cannot accept connections");
        sleep(BACK_OFF).await;
    }
}
