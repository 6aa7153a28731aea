//! Where the schemas are, and how to get at them.

use crate::layout::Layout;
use crate::mysql_url::MysqlServer;
use crate::process::{find_program, guarded, step};
use crate::secrets;
use crate::servers::mariadb::{self, Mariadb};
use crate::stack::Stack;
use crate::status;
use crate::supervisor::probe::Probe;
use crate::up::lock::Lock;
use anyhow::{Context as _, Result, bail, ensure};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

/// Reading the log of a server that was killed takes its time.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// The server writes its buffer pool back.
const GRACE: Duration = Duration::from_secs(30);

/// A database server with the five schemas, or one that shall get them.
pub struct Place {
    /// Whose logs and folders are used.
    pub layout: Layout,
    /// The server.
    pub mysql: MysqlServer,
    /// How to run it, where it is ours.
    private: Option<Mariadb>,
    /// The queue is ours.
    pub redis_is_private: bool,
}

/// Keeps the server reachable for as long as it lives, and `up` away where it was started for us.
pub struct Reachable {
    child: Option<Child>,
    _lock: Option<Lock>,
}

/// Whose server or program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    /// The MariaDB Foundation's.
    MariaDb,
    /// Oracle's, and what calls itself so.
    MySql,
}

/// A file for `--defaults-file`: the login must not stand on a command line, which everybody sees.
pub struct Options(PathBuf);

impl Make {
    /// By what it says of its version.
    pub fn of(version: &str) -> Self {
        if version.contains("MariaDB") {
            Self::MariaDb
        } else {
            Self::MySql
        }
    }
}

impl Place {
    /// Where there are data: the server that `AIRSIDE_MYSQL_URL` names, else that of the last `up`.
    pub fn of_data(layout: &Layout) -> Result<Self> {
        layout.create()?;
        match given(layout)? {
            Some(place) => Ok(place),
            None => Stack::load(layout).map(|stack| Self::of_stack(&stack)),
        }
    }

    /// Where data shall come to: also a private server that is yet to be made.
    pub fn for_data(layout: &Layout) -> Result<Self> {
        layout.create()?;
        if let Some(place) = given(layout)? {
            return Ok(place);
        }
        if layout.secrets().join("stack.json").is_file() {
            return Ok(Self::of_stack(&Stack::load(layout)?));
        }
        Ok(Self {
            layout: layout.clone(),
            mysql: MysqlServer::private(layout.sockets().join("mariadb.sock")),
            private: Some(Mariadb::of(layout)),
            redis_is_private: true,
        })
    }

    fn of_stack(stack: &Stack) -> Self {
        Self {
            layout: stack.layout.clone(),
            mysql: stack.mysql.clone(),
            private: (!stack.mysql_is_given).then(|| stack.mariadb()),
            redis_is_private: !stack.redis_is_given,
        }
    }

    /// The server as it runs; a private one that does not run is started for this alone.
    pub fn reachable(&self) -> Result<Reachable> {
        match Lock::take(&self.layout) {
            Ok(lock) => self.started(lock),
            // Somebody has it: `up`, which must have come up.
            Err(_) => {
                status::require_running(&self.layout)?;
                Ok(Reachable {
                    child: None,
                    _lock: None,
                })
            }
        }
    }

    /// The same, refused while the stack runs.
    pub fn alone(&self) -> Result<Reachable> {
        self.started(Lock::take(&self.layout)?)
    }

    /// It is ours to start.
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// The login, in a file of the owner's.
    pub fn options(&self) -> Result<Options> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mysql-{}-{nth}.cnf", std::process::id());
        let file = self.layout.run().join(name);
        secrets::write_private(&file, self.mysql.option_file().as_bytes())?;
        Ok(Options(file))
    }

    fn started(&self, lock: Lock) -> Result<Reachable> {
        let mut reachable = Reachable {
            child: None,
            _lock: Some(lock),
        };
        let Some(server) = &self.private else {
            return Ok(reachable);
        };
        let log = |name: &str| self.layout.logs().join(name);
        server.initialise(&log("mariadb-install.log"))?;
        let out = File::options()
            .append(true)
            .create(true)
            .open(log("mariadb.out"))?;
        let mut command = guarded(mariadb::program()?);
        command.args(server.arguments()?);
        let child = command.stderr(out.try_clone()?).stdout(out).spawn()?;
        let child = reachable.child.insert(child);
        let probe = Probe::Mariadb(server.socket.clone());
        let deadline = Instant::now() + START_TIMEOUT;
        while !probe.is_ready() {
            if let Some(status) = child.try_wait()? {
                let lines = step::last_lines(&log("mariadb.out"), 15);
                bail!("mariadb ended at start ({status}):\n{lines}");
            }
            ensure!(Instant::now() < deadline, "mariadb does not become ready");
            thread::sleep(Duration::from_millis(50));
        }
        Ok(reachable)
    }
}

fn given(layout: &Layout) -> Result<Option<Place>> {
    let url = env::var("AIRSIDE_MYSQL_URL").ok();
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    let mysql = MysqlServer::parse(&url).context("AIRSIDE_MYSQL_URL")?;
    // The queue of the last `up` belongs to these schemas only if that used this server.
    let is_last = |stack: Stack| stack.mysql == mysql && !stack.redis_is_given;
    let redis_is_private = Stack::load(layout).is_ok_and(is_last);
    Ok(Some(Place {
        layout: layout.clone(),
        mysql,
        private: None,
        redis_is_private,
    }))
}

/// What a statement answers, as text.
pub fn text_of(place: &Place, sql: &str) -> Result<String> {
    let options = place.options()?;
    let mut command = client(&options)?;
    command.args(["--batch", "--skip-column-names"]);
    let answer = step::capture("asking the database", &mut command, sql.as_bytes())?;
    Ok(answer.trim_end().to_owned())
}

/// The command line client, logged in.
pub fn client(options: &Options) -> Result<Command> {
    let program = find_program("mariadb").or_else(|| find_program("mysql"));
    let mut command = guarded(program.context("no mariadb client on the PATH")?);
    command
        .arg(options.argument())
        .arg("--default-character-set=utf8mb4");
    Ok(command)
}

impl Drop for Reachable {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It is durable: a kill after the grace loses nothing either.
            let _ = step::stop(child, GRACE);
        }
    }
}

impl Options {
    /// Must be the first argument.
    pub fn argument(&self) -> OsString {
        let mut argument = OsString::from("--defaults-file=");
        argument.push(&self.0);
        argument
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // Gone already when somebody cleaned up.
        let _ = fs::remove_file(&self.0);
    }
}
