//! A Redis of the test's own, to be stopped, started and emptied.

use std::process::{Child, Command, Stdio};

use service_kit::testing::closed_port;

use crate::harness::until;

pub struct RedisServer {
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
        until("Redis answers", 10, async || {
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
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}
