//! Where things are: folders under `.data/`, binaries, ports.

use anyhow::{Context as _, Result, bail};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A unix socket's path holds at most 107 bytes; the longest name we append is 20.
const LONGEST_SOCKET_FOLDER: usize = 85;

/// The folders and ports of one stack.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The workspace.
    pub root: PathBuf,
    /// Everything `up` writes: `.data/`, or `AIRSIDE_DATA_DIR`.
    pub data: PathBuf,
    /// Added to every port, so that two stacks fit on one machine: `AIRSIDE_PORT_OFFSET`.
    pub port_offset: u16,
}

impl Layout {
    /// The workspace that the current folder is in.
    pub fn find() -> Result<Self> {
        let root = workspace_root()?;
        let data = match env::var_os("AIRSIDE_DATA_DIR") {
            Some(folder) => std::path::absolute(folder)?,
            None => root.join(".data"),
        };
        let port_offset = match env::var("AIRSIDE_PORT_OFFSET") {
            Ok(text) => text
                .parse()
                .ok()
                .filter(|offset| *offset <= 50_000)
                .context("AIRSIDE_PORT_OFFSET must be a number from 0 to 50000")?,
            Err(_) => 0,
        };
        Ok(Self {
            root,
            data,
            port_offset,
        })
    }

    /// A port of this stack, from the port of the standard one.
    pub fn port(&self, standard: u16) -> u16 {
        standard + self.port_offset
    }

    /// What running processes leave to each other: lock, state, control socket.
    pub fn run(&self) -> PathBuf {
        self.data.join("run")
    }

    /// Logs of the supervisor, the parts and the services.
    pub fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// Generated passwords, mode 0600.
    pub fn secrets(&self) -> PathBuf {
        self.data.join("secrets")
    }

    /// Signing keys, mode 0600, and the public set.
    pub fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    /// What runs: for `status` and every command that needs the running stack.
    pub fn state_file(&self) -> PathBuf {
        self.run().join("state.json")
    }

    /// Held by the supervisor for as long as it lives.
    pub fn lock_file(&self) -> PathBuf {
        self.run().join("up.lock")
    }

    /// Makes the folders, closed to other users.
    pub fn create(&self) -> Result<()> {
        for folder in [
            self.data.clone(),
            self.run(),
            self.logs(),
            self.secrets(),
            self.keys(),
        ] {
            private_folder(&folder)?;
        }
        private_folder(&self.sockets())
    }

    /// The folder of unix sockets: `.data/run`, or a short one of our own when that path is too
    /// long for a socket.
    pub fn sockets(&self) -> PathBuf {
        let run = self.run();
        if run.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
            return run;
        }
        let base = env::var_os("XDG_RUNTIME_DIR")
            .map(PathBuf::from)
            .filter(|folder| folder.is_dir() && folder.as_os_str().len() <= 50)
            .unwrap_or_else(|| PathBuf::from("/tmp"));
        let user = rustix::process::getuid().as_raw();
        base.join(format!(
            "airside-{user}-{:016x}",
            fnv1a(run.as_os_str().as_encoded_bytes())
        ))
    }

    /// The socket that `status`, `start`, `stop` and `down` talk to.
    pub fn control_socket(&self) -> PathBuf {
        self.sockets().join("control.sock")
    }
}

/// Makes a folder that only its owner can enter, or checks that it is ours.
pub fn private_folder(folder: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let owner = fs::metadata(folder)?.uid();
    if owner != rustix::process::getuid().as_raw() {
        bail!("{} belongs to another user (uid {owner})", folder.display());
    }
    Ok(())
}

/// The folder cargo puts binaries of a profile in: beside the folder that holds this program.
pub fn binaries(root: &Path, release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    let own = env::current_exe().ok();
    let target = own.as_deref().and_then(Path::parent).and_then(Path::parent);
    let is_target =
        |folder: &&Path| folder.join("debug").is_dir() || folder.join("release").is_dir();
    target
        .filter(is_target)
        .map_or_else(|| root.join("target"), Path::to_path_buf)
        .join(profile)
}

fn workspace_root() -> Result<PathBuf> {
    let here = env::current_dir()?;
    let is_root = |folder: &&Path| folder.join("crates/xtask/Cargo.toml").is_file();
    let above = here.ancestors().find(is_root).map(Path::to_path_buf);
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let by_cargo = manifest.and_then(|m| m.ancestors().find(is_root).map(Path::to_path_buf));
    above
        .or(by_cargo)
        .context("not inside the Airside workspace")
}

/// A short stable name for a path (FNV-1a); not for anything secret.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(data: &str) -> Layout {
        Layout {
            root: "/w".into(),
            data: data.into(),
            port_offset: 0,
        }
    }

    #[test]
    fn sockets_lie_under_data_when_the_path_is_short() {
        assert_eq!(layout("/w/.data").sockets(), Path::new("/w/.data/run"));
    }

    #[test]
    fn sockets_of_a_deep_checkout_get_a_short_folder_of_their_own() {
        let deep = layout(&format!("/{}/.data", "deep/".repeat(40)));
        assert!(deep.control_socket().as_os_str().len() <= 107);
        assert_eq!(deep.sockets(), deep.sockets());
        assert_ne!(
            deep.sockets(),
            layout(&format!("/{}/.data", "other".repeat(40))).sockets()
        );
    }
}
