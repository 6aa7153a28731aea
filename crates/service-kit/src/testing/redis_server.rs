//! A Redis of the test's own, to be stopped, started, held and emptied.

use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::{closed_port, eventually};

/// The server; killed when it is dropped.
pub struct RedisServer {
    /// Where it listens while it runs.
    pub url: String,
    port: u16,
    child: Option<Child>,
}

impl RedisServer {
    /// An address at which nothing listens yet.
    pub fn stopped() -> Self {
        let port = closed_port();
        Self {
            url: format!("redis://127.0.0.1:{port}"),
            port,
            child: None,
        }
    }

    /// Starts it, empty, and waits until it answers.
    pub async fn start(&mut self) {
        let port = self.port.to_string();
        let child = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        self.child = Some(child);
        let client = redis::Client::open(self.url.as_str()).expect("a good URL");
        eventually("Redis answers", || async {
            client.get_multiplexed_async_connection().await.is_ok()
        })
        .await;
    }

    /// SIGKILL; nothing it had is left.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("SIGKILL");
            child.wait().expect("gone");
        }
    }

    /// It keeps its connections and answers nothing, until [`Self::let_go`].
    pub fn hold(&self) {
        self.signal(Signal::STOP);
    }

    /// It goes on after [`Self::hold`].
    pub fn let_go(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().expect("it runs").id();
        let pid = Pid::from_raw(id.cast_signed()).expect("a pid");
        kill_process(pid, signal).expect("signalled");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}
