//! One supervisor per data folder.

use crate::layout::{Layout, private_folder};
use anyhow::{Context as _, Result, bail};
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};

/// Held by the kernel for as long as this process lives, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "holding the file is holding the lock")] File);

impl Lock {
    /// Takes it, or says who has it.
    pub fn take(layout: &Layout) -> Result<Self> {
        private_folder(&layout.run())?;
        let path = layout.lock_file();
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.read_to_string(&mut pid)?;
                bail!(
                    "it is running already (pid {}): see `cargo xtask status`, stop it with `cargo xtask down`",
                    pid.trim()
                )
            }
            Err(TryLockError::Error(error)) => bail!("cannot lock {}: {error}", path.display()),
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self(file))
    }
}
