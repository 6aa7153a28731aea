//! Prometheus and Alertmanager beside the services: with the repository's configuration and rules,
//! and targets at the addresses of this stack; and what else they ask.

mod configuration;
pub mod sources;
pub mod targets;

use crate::install::{ALERTMANAGER, MYSQLD_EXPORTER, Need, PROMETHEUS, REDIS_EXPORTER};
use crate::process::find_program;
use crate::stack::Stack;
use crate::supervisor::probe::Probe;
use crate::supervisor::spec::{PartSpec, Tier};
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use configuration::{configure, write};

/// What it takes.
pub const NEEDS: [Need; 4] = [PROMETHEUS, ALERTMANAGER, MYSQLD_EXPORTER, REDIS_EXPORTER];
/// The standard port of Prometheus.
pub const PROMETHEUS_PORT: u16 = 9090;
/// The standard port of Alertmanager.
pub const ALERTMANAGER_PORT: u16 = 9093;

/// The rules look back over the 30 days of the error budget.
const KEPT: &str = "31d";
/// Whichever of the two is reached first.
const MOST_KEPT: &str = "512MB";
/// Both write down what they hold when they end.
const GRACE: Duration = Duration::from_secs(10);

/// Where Prometheus keeps its copy of the configuration and its data.
pub fn folder(stack: &Stack) -> PathBuf {
    stack.layout.data.join("prometheus")
}

/// All of them, for the supervisor.
pub fn parts(stack: &Stack) -> Result<Vec<PartSpec>> {
    let mut parts = sources::parts(stack)?;
    parts.extend([alertmanager(stack)?, prometheus(stack)?]);
    Ok(parts)
}

/// The command line of Prometheus with the configuration that `configure` wrote to `folder`.
pub fn arguments(folder: &Path, port: u16) -> Vec<OsString> {
    [
        format!("--config.file={}", folder.join("prometheus.yml").display()),
        format!("--storage.tsdb.path={}", folder.join("data").display()),
        format!("--storage.tsdb.retention.time={KEPT}"),
        format!("--storage.tsdb.retention.size={MOST_KEPT}"),
        format!("--web.listen-address=127.0.0.1:{port}"),
        format!("--web.external-url={}", url(port)),
        "--log.level=warn".to_owned(),
    ]
    .map(OsString::from)
    .into()
}

fn prometheus(stack: &Stack) -> Result<PartSpec> {
    let port = stack.layout.port(PROMETHEUS_PORT);
    part(
        stack,
        "prometheus",
        PROMETHEUS,
        port,
        arguments(&folder(stack), port),
    )
}

fn alertmanager(stack: &Stack) -> Result<PartSpec> {
    let port = stack.layout.port(ALERTMANAGER_PORT);
    let configuration = stack.layout.root.join("prometheus/alertmanager.yml");
    let data = stack.layout.data.join("alertmanager");
    fs::create_dir_all(&data)?;
    let arguments = [
        format!("--config.file={}", configuration.display()),
        format!("--storage.path={}", data.display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
        format!("--web.external-url={}", url(port)),
        // Alone: else it would listen for others on all addresses.
        "--cluster.listen-address=".to_owned(),
        "--log.level=warn".to_owned(),
    ];
    let arguments = arguments.map(OsString::from).into();
    part(stack, "alertmanager", ALERTMANAGER, port, arguments)
}

fn part(stack: &Stack, name: &str, need: Need, port: u16, args: Vec<OsString>) -> Result<PartSpec> {
    let program =
        find_program(need.program).with_context(|| format!("{} is not installed", need.program))?;
    Ok(PartSpec {
        name: name.to_owned(),
        url: url(port),
        program,
        args,
        env: Vec::new(),
        folder: stack.layout.data.clone(),
        log: stack.layout.logs().join(format!("{name}.out")),
        probe: Probe::Http {
            port,
            path: "/-/ready",
        },
        tier: Tier::Watching,
        grace: GRACE,
    })
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}
