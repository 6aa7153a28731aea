//! A private MariaDB: no network, one socket in a folder only we can enter.

use super::Durability;
use crate::layout::Layout;
use crate::process::{find_program, guarded, step};
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a server lives.
#[derive(Debug, Clone)]
pub struct Mariadb {
    /// The data folder.
    pub data: PathBuf,
    /// The unix socket.
    pub socket: PathBuf,
    /// What a crash may cost.
    pub durability: Durability,
}

/// The server's program.
pub fn program() -> Result<PathBuf> {
    find_program("mariadbd").context("mariadbd is not installed")
}

impl Mariadb {
    /// The one of a data folder.
    pub fn of(layout: &Layout) -> Self {
        Self {
            data: layout.data.join("mariadb"),
            socket: layout.sockets().join("mariadb.sock"),
            durability: Durability::Kept,
        }
    }

    /// Makes the data folder the first time. A half-made one of an interrupted start is redone.
    pub fn initialise(&self, log: &Path) -> Result<()> {
        if self.data.join("mysql").is_dir() {
            return Ok(());
        }
        let half_made = self.data.with_added_extension("new");
        if half_made.exists() {
            fs::remove_dir_all(&half_made)?;
        }
        let installer =
            find_program("mariadb-install-db").context("mariadb-install-db is not installed")?;
        let mut command = guarded(installer);
        command.args(["--no-defaults", "--auth-root-authentication-method=normal"]);
        command.args([
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=16M",
        ]);
        command.args(user_argument());
        command.arg(argument("--tmpdir=", &self.temporary()?));
        command.arg(argument("--datadir=", &half_made));
        step::run_logged("making the MariaDB data folder", &mut command, log)?;
        fs::rename(&half_made, &self.data)?;
        Ok(())
    }

    /// The server's command line.
    pub fn arguments(&self) -> Result<Vec<OsString>> {
        let mut arguments: Vec<OsString> = ["--no-defaults", "--skip-networking", "--skip-log-bin"]
            .into_iter()
            .chain(["--skip-name-resolve", "--default-time-zone=+00:00"])
            .chain([
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_unicode_ci",
            ])
            .chain(self.sizes().iter().copied())
            .map(OsString::from)
            .collect();
        arguments.extend(user_argument().map(OsString::from));
        arguments.push(argument("--tmpdir=", &self.temporary()?));
        arguments.push(argument("--datadir=", &self.data));
        arguments.push(argument("--socket=", &self.socket));
        arguments.push(argument("--pid-file=", &self.socket.with_extension("pid")));
        Ok(arguments)
    }

    /// A folder of its own for temporary tables: a server that starts removes all that it finds,
    /// and in /tmp those are also the tables of servers that run.
    fn temporary(&self) -> Result<PathBuf> {
        let folder = self.data.with_added_extension("tmp");
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    fn sizes(&self) -> &'static [&'static str] {
        match self.durability {
            Durability::Kept => &[
                "--innodb-buffer-pool-size=512M",
                "--innodb-log-file-size=256M",
                "--max-connections=500",
            ],
            Durability::ThrowAway => &[
                "--innodb-buffer-pool-size=256M",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-flush-method=nosync",
                "--innodb-doublewrite=0",
                "--max-connections=2000",
            ],
        }
    }
}

/// MariaDB refuses to run as root unless told to.
fn user_argument() -> Option<&'static str> {
    rustix::process::geteuid()
        .is_root()
        .then_some("--user=root")
}

fn argument(name: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(name);
    argument.push(path);
    argument
}
