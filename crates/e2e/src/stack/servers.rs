//! Private MariaDB and Redis servers with durable settings.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use super::{
    ports,
    process::{Launch, Process},
};

const START_LIMIT: Duration = Duration::from_secs(30);

/// A private database server that can be stopped and started again with its data.
pub struct Mariadb {
    launch: Launch,
    socket: PathBuf,
    process: Process,
}

impl Mariadb {
    /// Makes its data under `folder` and starts it: every commit is on disk before it is answered.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        let data = folder.join("mariadb");
        let socket = folder.join("m.sock");
        install(folder, &data)?;
        let launch = Launch {
            name: "mariadbd".to_owned(),
            program: find("mariadbd")?,
            arguments: arguments(folder, &data, &socket),
            environment: vec![],
            log: folder.join("mariadb.log"),
        };
        let process = launch.start()?;
        let mut server = Self {
            launch,
            socket,
            process,
        };
        server.wait_until_up()?;
        Ok(server)
    }

    /// The root account.
    pub fn url(&self) -> String {
        format!("mysql://root@localhost/?socket={}", self.socket.display())
    }

    /// Process id, to read its CPU time.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Takes it away at once.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Brings it back.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.process.kill();
        self.process = self.launch.start()?;
        self.wait_until_up()
    }

    fn wait_until_up(&mut self) -> anyhow::Result<()> {
        let up = || UnixStream::connect(&self.socket).is_ok();
        wait_until_up(&mut self.process, &self.launch, up)
    }
}

fn install(folder: &Path, data: &Path) -> anyhow::Result<()> {
    let mut arguments = vec![
        "--no-defaults".to_owned(),
        format!("--tmpdir={}", folder.display()),
        format!("--datadir={}", data.display()),
        "--auth-root-authentication-method=normal".to_owned(),
        "--skip-test-db".to_owned(),
        "--skip-name-resolve".to_owned(),
        "--innodb-log-file-size=16M".to_owned(),
    ];
    arguments.extend(as_root());
    let install = Launch {
        name: "mariadb-install-db".to_owned(),
        program: find("mariadb-install-db")?,
        arguments,
        environment: vec![],
        log: folder.join("mariadb-install.log"),
    };
    install.run("").map(drop)
}

/// Temporary tables lie in a folder of the server's own: one that starts removes all that it finds,
/// and in /tmp those are also the tables of servers that run.
fn arguments(folder: &Path, data: &Path, socket: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--no-defaults",
        "--skip-networking",
        "--skip-log-bin",
        "--skip-name-resolve",
        "--default-time-zone=+00:00",
        "--character-set-server=utf8mb4",
        "--innodb-buffer-pool-size=512M",
        "--innodb-log-file-size=256M",
        "--innodb-flush-log-at-trx-commit=1",
        "--max-connections=500",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(format!("--tmpdir={}", folder.display()));
    arguments.push(format!("--datadir={}", data.display()));
    arguments.push(format!("--socket={}", socket.display()));
    arguments.push(format!(
        "--pid-file={}",
        socket.with_extension("pid").display()
    ));
    arguments.extend(as_root());
    arguments
}

/// MariaDB refuses to run as root unless told to.
fn as_root() -> Option<String> {
    let root = rustix::process::geteuid().is_root();
    root.then(|| "--user=root".to_owned())
}

/// A private Redis that loses at most its last second.
pub struct Redis {
    launch: Launch,
    /// It listens on this loopback port.
    pub port: u16,
    process: Process,
}

impl Redis {
    /// Starts it with its data under `folder`.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        let port = ports::free()?;
        let data = folder.join("redis");
        std::fs::create_dir_all(&data)?;
        let data = data.display().to_string();
        let port_text = port.to_string();
        let arguments = [
            ["--bind", "127.0.0.1"],
            ["--port", &port_text],
            ["--dir", &data],
            ["--appendonly", "yes"],
            ["--appendfsync", "everysec"],
            ["--maxmemory-policy", "noeviction"],
        ];
        let launch = Launch {
            name: "redis-server".to_owned(),
            program: find("redis-server")?,
            arguments: arguments.concat().into_iter().map(str::to_owned).collect(),
            environment: vec![],
            log: folder.join("redis.log"),
        };
        let process = launch.start()?;
        let mut server = Self {
            launch,
            port,
            process,
        };
        server.wait_until_up()?;
        Ok(server)
    }

    /// `REDIS_URL`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Process id, to read its CPU time.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Takes it away at once.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Brings it back.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.process.kill();
        self.process = self.launch.start()?;
        self.wait_until_up()
    }

    /// Loses everything.
    pub fn flush_all(&self) -> anyhow::Result<()> {
        let answer = say_to_redis(self.port, "FLUSHALL")?;
        anyhow::ensure!(answer == "+OK", "FLUSHALL was refused: {answer}");
        Ok(())
    }

    /// Up once it has read its data: before, it answers `-LOADING`.
    fn wait_until_up(&mut self) -> anyhow::Result<()> {
        let port = self.port;
        let up = || say_to_redis(port, "PING").is_ok_and(|answer| answer == "+PONG");
        wait_until_up(&mut self.process, &self.launch, up)
    }
}

/// The first line of the answer to a command without arguments.
fn say_to_redis(port: u16, command: &str) -> anyhow::Result<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    connection.write_all(format!("{command}\r\n").as_bytes())?;
    let mut answer = String::new();
    BufReader::new(connection).read_line(&mut answer)?;
    Ok(answer.trim_end().to_owned())
}

fn wait_until_up(
    process: &mut Process,
    launch: &Launch,
    up: impl Fn() -> bool,
) -> anyhow::Result<()> {
    let deadline = Instant::now() + START_LIMIT;
    while !up() {
        if process.ended()?.is_some() || Instant::now() > deadline {
            bail!("{} does not start:\n{}", launch.name, launch.last_lines());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// A program on PATH or where Debian keeps servers.
pub fn find(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(servers)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .with_context(|| format!("{name} is not installed"))
}
