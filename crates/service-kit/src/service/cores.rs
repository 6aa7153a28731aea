//! Threads that serve connections, one for each core, each with a runtime of its own: what a
//! connection waits for wakes the thread that serves it and no other. A proxy, which does little
//! else than wait, passes on a good third more like that (`cargo xtask bench gateway`).

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
};

use tokio::{
    net::TcpStream,
    runtime::{Builder, Handle},
    task::JoinSet,
};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::telemetry::event_loop;

/// The threads. They end when this is dropped, and what they still serve with them.
pub(super) struct Cores {
    cores: Vec<Core>,
    _running: DropGuard,
}

struct Core {
    runtime: Handle,
    /// One is held for each connection.
    connections: Arc<()>,
}

impl Cores {
    /// As many as the process may use.
    pub(super) fn start() -> io::Result<Self> {
        let running = CancellationToken::new();
        let count = thread::available_parallelism()?.get();
        let cores = (0..count).map(|number| Core::start(number, running.clone()));
        Ok(Self {
            cores: cores.collect::<io::Result<_>>()?,
            _running: running.drop_guard(),
        })
    }

    /// Has the core with the fewest connections serve one more.
    pub(super) fn serve<F>(
        &self,
        stream: TcpStream,
        connections: &mut JoinSet<()>,
        serve: impl FnOnce(TcpStream) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let load = |core: &&Core| Arc::strong_count(&core.connections);
        let core = self.cores.iter().min_by_key(load);
        let core = core.expect("invariant: there is a core");
        let (held, stream) = (Arc::clone(&core.connections), stream.into_std());
        let task = async move {
            // The core's own runtime is told of what arrives.
            if let Ok(stream) = stream.and_then(TcpStream::from_std) {
                serve(stream).await;
            }
            drop(held);
        };
        connections.spawn_on(task, &core.runtime);
    }
}

impl Core {
    fn start(number: usize, running: CancellationToken) -> io::Result<Self> {
        let (say, handle) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name(format!("core-{number}"));
        thread.spawn(move || {
            let runtime = match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return say.send(Err(error)).unwrap_or_default(),
            };
            say.send(Ok(runtime.handle().clone())).unwrap_or_default();
            runtime.spawn(event_loop::measure());
            runtime.block_on(running.cancelled());
            // A thread that still hashes does not keep the process.
            runtime.shutdown_background();
        })?;
        let started = handle.recv().map_err(io::Error::other)?;
        Ok(Self {
            runtime: started?,
            connections: Arc::default(),
        })
    }
}
