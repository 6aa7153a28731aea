//! The web front end: installed and built where its sources have changed, and run beside the services.

pub mod check;

use crate::layout::{Layout, private_folder};
use crate::process::{find_program, guarded, step};
use crate::services::named;
use crate::stack::Stack;
use crate::supervisor::probe::Probe;
use crate::supervisor::spec::{PartSpec, Tier};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Its standard port.
pub const PORT: u16 = 3000;

/// What a build is made from.
const SOURCES: [&str; 8] = [
    "src",
    "server",
    "scripts",
    "public",
    "next.config.ts",
    "postcss.config.mjs",
    "tsconfig.json",
    "package-lock.json",
];
/// It answers what it has begun to.
const GRACE: Duration = Duration::from_secs(5);

/// Where browsers find it.
pub fn url(layout: &Layout) -> String {
    format!("http://localhost:{}", layout.port(PORT))
}

/// The same checkout with its logs in `scratch`, where a test run has them.
pub fn logging_in(layout: &Layout, scratch: &Path) -> Result<Layout> {
    let here = Layout {
        data: scratch.to_owned(),
        ..layout.clone()
    };
    private_folder(&here.logs())?;
    Ok(here)
}

/// Installs and builds what is not there or older than its sources.
pub fn build(layout: &Layout) -> Result<()> {
    install(layout)?;
    let folder = folder(layout);
    let stamp = folder.join(".next/built");
    if changed(&stamp)? > newest(&folder)? {
        return Ok(());
    }
    let log = layout.logs().join("frontend-build.log");
    step::run_logged(
        "building the front end",
        &mut npm(layout, &["run", "build"]),
        &log,
    )?;
    fs::write(&stamp, "").context("writing .next/built")
}

/// Installs its packages as its lock file says.
pub fn install(layout: &Layout) -> Result<()> {
    let folder = folder(layout);
    // npm writes this file last: with it the installation is whole.
    let whole = changed(&folder.join("node_modules/.package-lock.json"))?;
    if whole > changed(&folder.join("package-lock.json"))? {
        return Ok(());
    }
    let mut command = npm(layout, &["ci", "--no-audit", "--no-fund"]);
    let log = layout.logs().join("frontend-install.log");
    step::run_logged("installing the front end (npm)", &mut command, &log)
}

/// The part to supervise, once it is built.
pub fn part(stack: &Stack) -> Result<PartSpec> {
    let layout = &stack.layout;
    let port = layout.port(PORT);
    Ok(PartSpec {
        name: "frontend".to_owned(),
        url: url(layout),
        program: find_program("node").context("Node is not installed")?,
        args: vec![start_script(&layout.root).into()],
        env: vec![
            ("HOST".to_owned(), "127.0.0.1".into()),
            ("PORT".to_owned(), port.to_string().into()),
            (
                "GATEWAY_URL".to_owned(),
                named("gateway").url(layout).into(),
            ),
            ("NODE_ENV".to_owned(), "production".into()),
        ],
        folder: layout.root.clone(),
        log: layout.logs().join("frontend.out"),
        probe: Probe::Http {
            port,
            path: "/healthz",
        },
        tier: Tier::Frontend,
        grace: GRACE,
    })
}

/// What Node runs, once it is built.
pub fn start_script(root: &Path) -> PathBuf {
    root.join("frontend/.next/standalone/start.mjs")
}

/// An npm command in its folder.
fn npm(layout: &Layout, arguments: &[&str]) -> Command {
    let mut command = guarded("npm");
    command
        .args(arguments)
        .current_dir(folder(layout))
        .env("NEXT_TELEMETRY_DISABLED", "1");
    command
}

fn folder(layout: &Layout) -> PathBuf {
    layout.root.join("frontend")
}

/// When a file was last changed; the beginning of time for one that is not there.
fn changed(file: &Path) -> Result<SystemTime> {
    match fs::metadata(file) {
        Ok(metadata) => Ok(metadata.modified()?),
        Err(_) => Ok(SystemTime::UNIX_EPOCH),
    }
}

fn newest(folder: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    let mut left: Vec<PathBuf> = SOURCES.iter().map(|name| folder.join(name)).collect();
    while let Some(path) = left.pop() {
        newest = newest.max(changed(&path)?);
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                left.push(entry?.path());
            }
        }
    }
    Ok(newest)
}
