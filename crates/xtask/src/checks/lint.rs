//! `lint`: formatting, clippy, documentation, what the images are made by, unused dependencies.

use super::docker;
use crate::build::cargo;
use crate::interrupt;
use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use anyhow::{Result, ensure};
use std::fs;
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
    docker::check(layout)?;
    let machete = install_machete(layout)?;
    let mut crates = guarded(machete);
    crates.arg(root.join("crates")).current_dir(root);
    step::run_shown("unused dependencies", &mut crates)?;
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let unused = unused_in_workspace(&manifest, &member_manifests(root)?);
    ensure!(
        unused.is_empty(),
        "no crate uses these of [workspace.dependencies]: {}",
        unused.join(", ")
    );
    Ok(())
}

fn member_manifests(root: &Path) -> Result<Vec<String>> {
    let folders = fs::read_dir(root.join("crates"))?;
    let manifests =
        folders.map(|folder| Ok(fs::read_to_string(folder?.path().join("Cargo.toml"))?));
    manifests.collect()
}

/// What the workspace declares and no member takes; cargo-machete looks at members only.
fn unused_in_workspace(manifest: &str, members: &[String]) -> Vec<String> {
    let section = manifest
        .split_once("[workspace.dependencies]")
        .map_or("", |(_, rest)| rest);
    let section = section.split("\n[").next().unwrap_or("");
    let names = section
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name.trim());
    let is_used = |name: &str| {
        let takes = [
            format!("{name}.workspace"),
            format!("{name} = {{ workspace"),
        ];
        members
            .iter()
            .flat_map(|member| member.lines())
            .any(|l| takes.iter().any(|t| l.starts_with(t)))
    };
    names
        .filter(|name| !name.starts_with('#') && !is_used(name))
        .map(str::to_owned)
        .collect()
}

/// cargo-machete in the target folder; about 40 s the first time.
fn install_machete(layout: &Layout) -> Result<PathBuf> {
    let root = &layout.root;
    let tools = binaries(root, false).with_file_name("tools");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_that_no_crate_takes_is_found() {
        let manifest = "[workspace.dependencies]\na = \"1\" # why\n# b = \"2\"\n\nab = \"1\"\nc = { version = \"3\" }\n[profile.dev]\nd = 1\n";
        let members =
            ["[dependencies]\nab.workspace = true\nc = { workspace = true }\n".to_owned()];
        assert_eq!(unused_in_workspace(manifest, &members), ["a"]);
    }
}
