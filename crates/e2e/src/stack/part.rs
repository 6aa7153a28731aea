//! One running service.

use std::{
    path::{Path, PathBuf},
    process::ExitStatus,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::Signal;

use super::process::{Launch, Process, describe};

const READY_LIMIT: Duration = Duration::from_secs(30);
/// A drain takes at most 15 s; the rest is for a busy machine.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// A service's process, that can be killed and started again on the same port.
pub struct Part {
    /// The service's name.
    pub name: &'static str,
    /// It listens on this loopback port.
    pub port: u16,
    /// How it is started.
    pub launch: Launch,
    process: Option<Process>,
}

impl Part {
    /// A part that is not running yet.
    pub fn new(name: &'static str, port: u16, launch: Launch) -> Self {
        Self {
            name,
            port,
            launch,
            process: None,
        }
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// Starts the process; [`Self::wait_ready`] waits for it.
    pub fn start(&mut self) -> anyhow::Result<()> {
        self.process = Some(self.launch.start()?);
        Ok(())
    }

    /// Waits until `/readyz` answers 200; how long that took.
    pub async fn wait_ready(&mut self, http: &reqwest::Client) -> anyhow::Result<Duration> {
        let started = Instant::now();
        while !is_ready(http, &self.url()).await {
            let ended = match &mut self.process {
                Some(process) => process.ended()?,
                None => bail!("{} was not started", self.name),
            };
            if let Some(status) = ended {
                let log = self.launch.last_lines();
                bail!("{} ended with {}:\n{log}", self.name, describe(status));
            }
            if started.elapsed() > READY_LIMIT {
                bail!("{} is not ready:\n{}", self.name, self.launch.last_lines());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(started.elapsed())
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// SIGTERM, without waiting.
    pub fn signal_stop(&self) {
        if let Some(process) = &self.process {
            process.signal(Signal::TERM);
        }
    }

    /// Waits for the end that [`Self::signal_stop`] asked for.
    pub async fn wait_end(&mut self) -> anyhow::Result<ExitStatus> {
        let mut process = self.process.take().context("it was not running")?;
        process.wait(STOP_LIMIT).await
    }

    /// Whether the process ended by itself.
    pub fn has_died(&mut self) -> bool {
        let ended = self.process.as_mut().map(Process::ended);
        matches!(ended, Some(Ok(Some(_))))
    }
}

async fn is_ready(http: &reqwest::Client, url: &str) -> bool {
    let request = http
        .get(format!("{url}/readyz"))
        .timeout(Duration::from_secs(3));
    matches!(request.send().await, Ok(answer) if answer.status() == 200)
}

/// The folder with the services' binaries: `AIRSIDE_BIN_DIR`, or where this program was built.
pub fn binaries() -> anyhow::Result<PathBuf> {
    let folder = match std::env::var_os("AIRSIDE_BIN_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => built_beside(&std::env::current_exe()?),
    };
    if !folder.join("gateway").is_file() {
        bail!(
            "no service binaries in {}: run `cargo build --workspace --bins`, or set AIRSIDE_BIN_DIR",
            folder.display()
        );
    }
    Ok(folder)
}

fn built_beside(program: &Path) -> PathBuf {
    let folder = program.parent().unwrap_or(Path::new("."));
    match folder.file_name().is_some_and(|name| name == "deps") {
        true => folder.parent().unwrap_or(folder).to_owned(),
        false => folder.to_owned(),
    }
}
