//! `lint`: formatting, clippy, documentation, unused dependencies.

use crate::build::cargo;
use crate::interrupt;
use crate::layout::Layout;
use crate::process::{guarded, step};
use anyhow::Result;
use std::path::{Path, PathBuf};

const MACHETE: &str = "0.9.2";

/// Fails at the first check that finds something.
pub fn lint(layout: &Layout) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let root = &layout.root;
    step::run_shown("formatting", cargo(root).args(["fmt", "--all", "--check"]))?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ];
    step::run_shown("clippy", cargo(root).args(clippy))?;
    let mut docs = cargo(root);
    docs.args(["doc", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    step::run_shown("documentation", &mut docs)?;
    let machete = install_machete(root)?;
    step::run_shown(
        "unused dependencies",
        guarded(machete).arg(root.join("crates")).current_dir(root),
    )
}

/// cargo-machete in the target folder; about 40 s the first time.
fn install_machete(root: &Path) -> Result<PathBuf> {
    let tools = root.join("target/tools");
    let program = tools.join(format!("machete-{MACHETE}/bin/cargo-machete"));
    if !program.is_file() {
        let mut command = cargo(root);
        command.args([
            "install",
            "--locked",
            "--debug",
            "cargo-machete",
            "--version",
            MACHETE,
        ]);
        command
            .arg("--root")
            .arg(tools.join(format!("machete-{MACHETE}")));
        // Its own folder: its dependencies have other features than ours.
        command.arg("--target-dir").arg(tools.join("build"));
        step::run_shown("installing cargo-machete", &mut command)?;
    }
    Ok(program)
}
