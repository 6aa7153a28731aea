//! Files that are made from the code and committed, so that people find them without running it.

use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::Path;

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Generated {
    /// Where it is committed.
    pub file: &'static str,
    /// What makes it.
    pub command: &'static str,
}

impl Generated {
    /// Writes it, or with `check` fails if the one that is there is not the same.
    pub fn keep(self, root: &Path, text: &str, check: bool) -> Result<()> {
        match check {
            true => self.compare(root, text),
            false => fs::write(root.join(self.file), text)
                .with_context(|| format!("cannot write {}", self.file)),
        }
    }

    /// Fails if the committed one is not this one.
    pub fn compare(self, root: &Path, text: &str) -> Result<()> {
        let committed = fs::read_to_string(root.join(self.file)).unwrap_or_default();
        ensure!(
            committed == text,
            "{} is not what the code says: run `{}` and commit it",
            self.file,
            self.command
        );
        Ok(())
    }
}
