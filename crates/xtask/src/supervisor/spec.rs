//! How to run a part.

use super::probe::Probe;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// The order in which parts end: who needs others ends before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// What watches the services: it sees none of them go.
    Watching,
    /// The web front end.
    Frontend,
    /// Our services.
    Service,
    /// The mail inbox.
    MailSink,
    /// The queue.
    Redis,
    /// The database.
    Database,
}

impl Tier {
    /// What it holds, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Watching => "what watches them",
            Self::Frontend => "the front end",
            Self::Service => "the services",
            Self::MailSink => "the mail inbox",
            Self::Redis => "Redis",
            Self::Database => "MariaDB",
        }
    }
}

/// How to run a part.
#[derive(Debug, Clone)]
pub struct PartSpec {
    /// Its name in `status`, `start` and `stop`.
    pub name: String,
    /// Its address, for people.
    pub url: String,
    /// Its program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its whole environment: it inherits nothing.
    pub env: Vec<(String, OsString)>,
    /// Its working folder.
    pub folder: PathBuf,
    /// Where its stdout and stderr go.
    pub log: PathBuf,
    /// How it shows that it is ready.
    pub probe: Probe,
    /// When it ends.
    pub tier: Tier,
    /// From SIGTERM to SIGKILL.
    pub grace: Duration,
}
