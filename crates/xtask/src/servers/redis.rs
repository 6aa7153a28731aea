//! A private Redis on a loopback port, with a password, because loopback is open to every user.

use super::Durability;
use crate::process::find_program;
use crate::secrets;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::PathBuf;

/// Where a server lives.
#[derive(Debug, Clone)]
pub struct Redis {
    /// The data folder; the configuration file lies in it.
    pub data: PathBuf,
    /// The loopback port.
    pub port: u16,
    /// None: anybody on this machine may enter.
    pub password: Option<String>,
    /// What a crash may cost.
    pub durability: Durability,
}

/// The server's program.
pub fn program() -> Result<PathBuf> {
    find_program("redis-server").context("redis-server is not installed")
}

impl Redis {
    /// Writes the configuration (not on the command line, which every user can read).
    pub fn configure(&self) -> Result<PathBuf> {
        fs::create_dir_all(&self.data)?;
        let file = self.data.join("redis.conf");
        secrets::write_private(&file, self.configuration().as_bytes())?;
        Ok(file)
    }

    /// The address with the login.
    pub fn url(&self) -> String {
        let login = self
            .password
            .as_ref()
            .map(|password| format!(":{password}@"));
        format!(
            "redis://{}127.0.0.1:{}",
            login.unwrap_or_default(),
            self.port
        )
    }

    fn configuration(&self) -> String {
        let mut lines = vec![
            "bind 127.0.0.1".to_owned(),
            format!("port {}", self.port),
            format!("dir \"{}\"", self.data.display()),
            "maxmemory-policy noeviction".to_owned(),
        ];
        lines.extend(
            self.password
                .as_ref()
                .map(|password| format!("requirepass {password}")),
        );
        let durability: &[&str] = match self.durability {
            Durability::Kept => &["appendonly yes", "appendfsync everysec", "save \"\""],
            // Every test takes a database of its own.
            Durability::ThrowAway => &["appendonly no", "save \"\"", "databases 4096"],
        };
        lines.extend(durability.iter().map(|line| (*line).to_owned()));
        lines.join("\n") + "\n"
    }
}
