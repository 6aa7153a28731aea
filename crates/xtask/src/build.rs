//! Running cargo from inside cargo.

use crate::process::{guarded, step};
use anyhow::Result;
use std::env;
use std::path::Path;
use std::process::Command;

/// A cargo command in the workspace. What the outer cargo set for this program is taken out: some
/// build scripts watch it and would run again at every change.
pub fn cargo(root: &Path) -> Command {
    let mut command = guarded(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let own = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ];
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| own.iter().any(|prefix| name.starts_with(prefix)))
        {
            command.env_remove(name);
        }
    }
    command.current_dir(root);
    command
}

/// Builds all binaries but this one. Together, with one set of features: with `-p` the
/// dependencies would be built a second time.
pub fn binaries(root: &Path, release: bool) -> Result<()> {
    let mut command = cargo(root);
    command.args(["build", "--workspace", "--exclude", "xtask", "--bins"]);
    if release {
        command.arg("--release");
    }
    step::run_shown("building the services", &mut command)
}
