//! What the stack says of itself: the JSON of `status --json`, also kept in a file.

use super::probe::Probe;
use crate::console;
use crate::secrets::write_private;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The health of servers that are somebody else's.
pub const EXTERNAL: &str = "external";

/// One part as `status` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartStatus {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Its process, when it runs and is ours.
    pub pid: Option<u32>,
    /// When that process started (clock ticks since boot): tells it from a later one with its pid.
    pub started: Option<u64>,
    /// stopped, starting, ready, not ready, stopping, restarting, failed (died too often), or external.
    pub health: String,
    /// Where its output goes.
    pub log: PathBuf,
    /// How to ask it.
    #[serde(skip)]
    pub probe: Option<Probe>,
}

/// The mail inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkFacts {
    /// The page for people.
    pub inbox: String,
    /// GET answers a JSON array of all mails.
    pub api: String,
    /// Where services deliver.
    pub smtp: String,
}

/// A demo account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountFacts {
    /// CUSTOMER, FLIGHT_COMPANY or ADMIN.
    pub role: String,
    /// What it signs in with.
    pub email: String,
    /// Absolute; the file holds the password alone.
    pub password_file: PathBuf,
}

/// What the recipe knows beside the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The recipe is through: everything was ready.
    pub ready: bool,
    /// Optimised binaries.
    pub release: bool,
    /// Limits are off.
    pub limits_off: bool,
    /// The data set.
    pub data: String,
    /// The mail inbox.
    pub sink: SinkFacts,
    /// The demo accounts.
    pub accounts: Vec<AccountFacts>,
    /// Servers of somebody else that the stack uses; written among the parts.
    #[serde(skip)]
    pub external: Vec<PartStatus>,
}

/// The whole document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The supervisor.
    pub pid: u32,
    /// The parts.
    pub parts: Vec<PartStatus>,
    /// The rest.
    #[serde(flatten)]
    pub facts: Facts,
}

/// The file that holds the document.
#[derive(Debug)]
pub struct StateFile {
    file: PathBuf,
    facts: Facts,
}

impl StateFile {
    /// Nothing is written yet.
    pub fn new(file: PathBuf) -> Self {
        Self {
            file,
            facts: Facts::default(),
        }
    }

    /// Takes what the recipe knows.
    pub fn set_facts(&mut self, facts: Facts) {
        self.facts = facts;
    }

    /// Replaces the file. That it cannot be written must not end the stack.
    pub fn write(&self, parts: &[PartStatus]) {
        let facts = self.facts.clone();
        let parts = facts.external.iter().chain(parts).cloned().collect();
        let state = State {
            pid: std::process::id(),
            parts,
            facts,
        };
        let json = serde_json::to_vec_pretty(&state).expect("a state is plain JSON");
        if let Err(error) = write_private(&self.file, &json) {
            console::warn(&format!("{error:#}"));
        }
    }
}

/// The last state that was written, by a supervisor that may be gone.
pub fn read(file: &std::path::Path) -> Option<State> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}
