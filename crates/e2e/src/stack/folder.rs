//! A private temporary folder, and the removal of those that killed runs left behind.

use std::{
    fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

const PREFIX: &str = "airside-e2e-";

/// A folder that is removed when this is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes it, readable by us alone.
    pub fn create() -> anyhow::Result<Self> {
        remove_abandoned();
        let (pid, random) = (std::process::id(), rand::random::<u32>());
        let path = std::env::temp_dir().join(format!("{PREFIX}{pid}-{random:08x}"));
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::env::var_os("AIRSIDE_E2E_KEEP").is_none() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

fn remove_abandoned() {
    let entries = fs::read_dir(std::env::temp_dir());
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // Another run may be removing it at the same time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
