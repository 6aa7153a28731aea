//! The servers of one test run: gone, with their data, when this value is dropped.

use super::Durability;
use super::mariadb::{self, Mariadb};
use super::redis::{self, Redis};
use crate::console::Progress;
use crate::interrupt;
use crate::layout::private_folder;
use crate::mysql_url::MysqlServer;
use crate::process::{guarded, procfs, step};
use crate::supervisor::probe::Probe;
use anyhow::{Result, bail, ensure};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

const PREFIX: &str = "servers-";
/// How many ports are tried.
const MOST_PORTS: u32 = 5;
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running pair of servers.
#[derive(Debug)]
pub struct Servers {
    folder: PathBuf,
    children: Vec<Child>,
    mysql: MysqlServer,
    redis_url: String,
}

impl Servers {
    /// Starts both under `parent` and waits until they answer.
    pub fn start(parent: &Path) -> Result<Self> {
        remove_abandoned(parent);
        let folder = socket_safe(parent).join(format!("{PREFIX}{}", std::process::id()));
        private_folder(&folder)?;
        let socket = folder.join("m.sock");
        let mysql = MysqlServer::private(socket.clone());
        let redis_url = String::new();
        let mut servers = Self {
            folder,
            children: Vec::new(),
            mysql,
            redis_url,
        };
        servers.start_mariadb(socket)?;
        servers.start_redis()?;
        Ok(servers)
    }

    /// `AIRSIDE_TEST_MYSQL_URL`: the root account.
    pub fn mysql_url(&self) -> String {
        self.mysql.owner_url()
    }

    /// `AIRSIDE_TEST_REDIS_URL`.
    pub fn redis_url(&self) -> &str {
        &self.redis_url
    }

    fn start_mariadb(&mut self, socket: PathBuf) -> Result<()> {
        let data = self.folder.join("mariadb");
        let server = Mariadb {
            data,
            socket: socket.clone(),
            durability: Durability::ThrowAway,
        };
        server.initialise(&self.folder.join("mariadb-install.log"))?;
        let mut command = guarded(mariadb::program()?);
        self.spawn(
            "mariadb",
            command.args(server.arguments()?),
            &Probe::Mariadb(socket),
        )
    }

    /// The port may be taken by another between our look and Redis': then it takes the next one.
    fn start_redis(&mut self) -> Result<()> {
        let mut attempts = 1..=MOST_PORTS;
        loop {
            let started = self.start_redis_at(free_port()?);
            if started.is_ok() || attempts.next().is_none() || interrupt::requested() {
                return started;
            }
        }
    }

    fn start_redis_at(&mut self, port: u16) -> Result<()> {
        let data = self.folder.join("redis");
        let server = Redis {
            data,
            port,
            password: None,
            durability: Durability::ThrowAway,
        };
        self.redis_url = server.url();
        let mut command = guarded(redis::program()?);
        command.arg(server.configure()?);
        self.spawn("redis", &mut command, &Probe::Redis(port))?;
        // Whoever else listens there answers as well.
        let own = self.children.last().map(Child::id);
        ensure!(
            procfs::port_holder(port).map(|holder| holder.pid) == own,
            "port {port} is taken by another Redis"
        );
        Ok(())
    }

    fn spawn(&mut self, name: &str, command: &mut Command, probe: &Probe) -> Result<()> {
        let log = self.folder.join(format!("{name}.log"));
        let file = File::create(&log)?;
        let mut child = command.stderr(file.try_clone()?).stdout(file).spawn()?;
        let mut progress = Progress::start(&format!("starting {name}"));
        let deadline = Instant::now() + START_TIMEOUT;
        while !probe.is_ready() {
            if let Some(status) = child.try_wait()? {
                bail!(
                    "{name} ended at start ({status}):\n{}",
                    step::last_lines(&log, 20)
                );
            }
            if Instant::now() > deadline {
                self.children.push(child);
                bail!("{name} is not ready after {} s", START_TIMEOUT.as_secs());
            }
            progress.tick();
            thread::sleep(Duration::from_millis(20));
        }
        progress.done();
        self.children.push(child);
        Ok(())
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Nothing here is worth a clean shutdown.
            let _ = step::stop(child, Duration::ZERO);
        }
        let _ = fs::remove_dir_all(&self.folder);
        // A folder of ours under /tmp, unless another run has its servers there.
        let _ = self
            .folder
            .parent()
            .filter(|parent| **parent == short_parent())
            .map(fs::remove_dir);
    }
}

/// A short parent when `parent` is too long for a socket's 107 bytes.
fn socket_safe(parent: &Path) -> PathBuf {
    if parent.as_os_str().len() <= 70 {
        parent.to_path_buf()
    } else {
        short_parent()
    }
}

fn short_parent() -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    PathBuf::from(format!("/tmp/airside-test-{user}"))
}

/// Removes what runs that were killed left behind.
fn remove_abandoned(parent: &Path) {
    let entries = fs::read_dir(socket_safe(parent))
        .into_iter()
        .flatten()
        .flatten();
    for entry in entries {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        if pid.is_some_and(|pid: u32| procfs::started(pid).is_none()) {
            // Not ours to remove, or already gone: the run does not need it.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
