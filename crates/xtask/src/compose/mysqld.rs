//! The database server of a check: MariaDB from the distribution, or a real MySQL.

use super::stand_in::StandIn;
use crate::debian;
use crate::layout::Layout;
use crate::process::{guarded, step};
use crate::servers::{
    Durability,
    mariadb::{self, Mariadb},
};
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Which one.
#[derive(Debug)]
pub enum Mysqld {
    /// The distribution's.
    Mariadb,
    /// MySQL with a loader of its own, unpacked in this folder.
    Mysql(PathBuf),
}

impl Mysqld {
    /// MySQL as Debian's unstable has it, with all that it needs but the kernel.
    pub fn fetch(layout: &Layout) -> Result<Self> {
        let fetched = debian::fetch(layout, "sid", &["mysql-server-core", "mysql-client-core"]);
        let folder = fetched.context("no MySQL can be had here")?;
        for program in ["mysqld", "mysql"] {
            write_launcher(&folder, program)?;
        }
        Ok(Self::Mysql(folder))
    }

    /// Makes data under `root`, as the image does at its first start, and says how it is served.
    pub fn stand_in(&self, root: &Path, port: u16) -> Result<StandIn> {
        let data = root.join("var/lib/mysql/data");
        let password = fs::read_to_string(root.join("run/secrets/mysql-root-password"))?;
        let init = root.join("init.sql");
        fs::write(&init, first_passwords(password.trim()))?;
        let (program, first, mut last) = match self {
            Self::Mariadb => {
                let server = Mariadb {
                    data: data.clone(),
                    socket: root.join("m.sock"),
                    durability: Durability::ThrowAway,
                };
                server.initialise(&root.join("install.log"))?;
                let defaults = vec!["--no-defaults".into()];
                (mariadb::program()?, defaults, vec![])
            }
            Self::Mysql(folder) => {
                let program = folder.join("bin-by-loader/mysqld");
                let mut first = vec!["--no-defaults".into()];
                first.push(option("--basedir=", &folder.join("usr")));
                let mut install = guarded(&program);
                install.args(&first).arg("--initialize-insecure");
                install.arg(option("--datadir=", &data)).args(as_root());
                step::run_logged(
                    "making the MySQL data folder",
                    &mut install,
                    &root.join("install.log"),
                )?;
                // Its other protocol would want a port as well; the folder of its package is not here.
                (
                    program,
                    first,
                    vec!["--mysqlx=OFF".into(), "--secure-file-priv=NULL".into()],
                )
            }
        };
        let temporary = root.join("tmp");
        fs::create_dir_all(&temporary)?;
        last.extend([
            option("--datadir=", &data),
            option("--socket=", &root.join("m.sock")),
            option("--pid-file=", &root.join("m.pid")),
            option("--tmpdir=", &temporary),
            option("--init-file=", &init),
            format!("--port={port}").into(),
            "--bind-address=127.0.0.1".into(),
        ]);
        last.extend(as_root());
        Ok(StandIn {
            program,
            first,
            last,
        })
    }

    /// A folder whose programs come first: MySQL's own client.
    pub fn programs(&self) -> Option<PathBuf> {
        match self {
            Self::Mariadb => None,
            Self::Mysql(folder) => Some(folder.join("bin-by-loader")),
        }
    }
}

/// A script that runs a program of `folder` by the loader and with the libraries of `folder`.
fn write_launcher(folder: &Path, program: &str) -> Result<()> {
    let found = ["usr/sbin", "usr/bin"].map(|place| folder.join(place).join(program));
    let found = found.iter().find(|file| file.is_file());
    let found = found.with_context(|| format!("MySQL's packages have no {program}"))?;
    let libraries = folder.join("usr/lib/x86_64-linux-gnu");
    let script = format!(
        "#!/bin/sh\nexec '{}' --library-path '{}:{}' '{}' \"$@\"\n",
        libraries.join("ld-linux-x86-64.so.2").display(),
        libraries.display(),
        libraries.join("mysql/private").display(),
        found.display(),
    );
    let file = folder.join("bin-by-loader").join(program);
    fs::create_dir_all(folder.join("bin-by-loader"))?;
    fs::write(&file, script)?;
    Ok(fs::set_permissions(&file, Permissions::from_mode(0o755))?)
}

/// What the image's own start does with MYSQL_ROOT_PASSWORD_FILE. Letters and digits only.
fn first_passwords(password: &str) -> String {
    format!(
        "ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';\n\
         ALTER USER IF EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '{password}';\n\
         CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '{password}';\n\
         GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;\n"
    )
}

fn as_root() -> Option<OsString> {
    rustix::process::geteuid()
        .is_root()
        .then(|| "--user=root".into())
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}
