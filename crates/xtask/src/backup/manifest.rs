//! What a backup says of itself.

use super::{DUMP, rows};
use crate::services::SERVICES;
use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The manifest in a backup's folder.
pub const FILE: &str = "manifest.json";
/// Of the folder; another one is of another version of this program.
pub const FORMAT: u32 = 1;

/// The whole manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// `FORMAT`.
    pub format: u32,
    /// The instant just before, RFC 3339 in UTC, by the server's clock.
    pub taken: String,
    /// The server's version.
    pub server: String,
    /// Of the dump, in hex.
    pub sha256: String,
    /// The size of the dump.
    pub bytes: u64,
    /// By name.
    pub schemas: BTreeMap<String, SchemaContent>,
}

/// What is in one schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaContent {
    /// Its migrations.
    pub versions: Vec<i64>,
    /// How many rows, by table.
    pub rows: BTreeMap<String, u64>,
}

impl Manifest {
    /// Reads the manifest of a folder and checks that the dump is the one it was written for.
    pub fn of(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE);
        let text = fs::read(&file)
            .with_context(|| format!("{} is no backup: no {FILE} in it", folder.display()))?;
        let manifest: Self =
            serde_json::from_slice(&text).with_context(|| file.display().to_string())?;
        ensure!(
            manifest.format == FORMAT,
            "{}: format {} is not known",
            file.display(),
            manifest.format
        );
        let expected = SERVICES.iter().map(|service| service.schema);
        ensure!(
            expected
                .clone()
                .all(|name| manifest.schemas.contains_key(name))
                && manifest.schemas.len() == expected.count(),
            "{}: these are not the five schemas",
            file.display()
        );
        let dump = folder.join(DUMP);
        let content = rows::read(&dump)?;
        ensure!(
            content.bytes == manifest.bytes && content.sha256 == manifest.sha256,
            "{} is damaged: its SHA-256 is not the one of {FILE}; nothing was changed",
            dump.display()
        );
        Ok(manifest)
    }

    /// Rows of all tables.
    pub fn total_rows(&self) -> u64 {
        self.schemas
            .values()
            .flat_map(|schema| schema.rows.values())
            .sum()
    }
}
