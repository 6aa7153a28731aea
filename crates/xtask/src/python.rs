//! Tools from PyPI, each in a Python environment of its own under target/tools.

use crate::debian::tools;
use crate::install::{self, PYTHON};
use crate::layout::Layout;
use crate::process::{find_program, guarded, step};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The environment `name`, made anew when other `requirements` are asked for; about half a minute.
pub fn environment(layout: &Layout, name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = tools(layout).join(name);
    // Written when everything else is there.
    let installed = folder.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == requirements) {
        return Ok(folder);
    }
    fs::create_dir_all(tools(layout))?;
    let python = python(&tools(layout).join("apt.log"))?;
    let log = tools(layout).join(format!("{name}.log"));
    let mut create = guarded(python);
    create.args(["-m", "venv", "--clear"]).arg(&folder);
    step::run_logged("making a Python environment", &mut create, &log)?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, requirements)?;
    let mut pip = guarded(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--no-input", "--quiet"])
        .arg("--disable-pip-version-check")
        .arg("--requirement")
        .arg(&wanted);
    step::run_logged(&format!("installing {name} from PyPI"), &mut pip, &log)?;
    fs::rename(&wanted, &installed)?;
    Ok(folder)
}

/// A Python that can make environments: Debian's needs a package for it.
fn python(log: &Path) -> Result<PathBuf> {
    if let Some(python) = find_program(PYTHON.program)
        && can_make_environments(&python)
    {
        return Ok(python);
    }
    if let Some(fix) = install::obstacle(&[PYTHON]) {
        bail!("this needs Python with its module venv; fix: {fix}");
    }
    install::install(&[PYTHON], log)?;
    find_program(PYTHON.program).context("no python3 after its package was installed")
}

fn can_make_environments(python: &Path) -> bool {
    let mut ask = guarded(python);
    ask.args(["-c", "import ensurepip, venv"]);
    step::capture("looking for Python", &mut ask, b"").is_ok()
}
