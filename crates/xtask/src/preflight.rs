//! Everything that would make `up` fail later, found in two seconds and told at once.

mod given;
pub mod node;

use crate::console;
use crate::install::{self, MARIADB, MARIADB_CLIENT, Need, REDIS};
use crate::layout;
use crate::process::procfs;
use crate::stack::Stack;
use crate::watching;
use anyhow::{Result, bail};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// A debug build and some room.
const BUILD_GIB: u64 = 5;
/// The servers' data, logs and mails.
const DATA_GIB: u64 = 1;
/// The longest that one check may take.
const PATIENCE: Duration = Duration::from_millis(1200);

/// Something missing and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub what: String,
    /// The fix.
    pub fix: String,
}

impl Fault {
    fn new(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            fix: fix.into(),
        }
    }
}

/// What the checks found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Nothing can start.
    pub faults: Vec<Fault>,
    /// It starts without something.
    pub warnings: Vec<Fault>,
    /// To be installed.
    pub to_install: Vec<Need>,
    /// Node is there and new enough.
    pub node: bool,
}

/// Looks at everything; prints every fault, and the warnings where asked, and fails if there is a
/// fault.
pub fn run(stack: &Stack, warn: bool) -> Result<Findings> {
    let findings = look(stack);
    for warning in findings.warnings.iter().filter(|_| warn) {
        console::warn(&format!("{}; fix: {}", warning.what, warning.fix));
    }
    if findings.faults.is_empty() {
        return Ok(findings);
    }
    for fault in &findings.faults {
        console::shout(&format!("  missing: {}", fault.what));
        console::say(format_args!("      fix: {}", fault.fix));
    }
    bail!(
        "{} of the above must be fixed first; nothing was started",
        findings.faults.len()
    )
}

/// Looks at everything.
pub fn look(stack: &Stack) -> Findings {
    let mut findings = Findings {
        to_install: to_install(stack),
        ..Findings::default()
    };
    findings.faults.extend(uninstalled(&findings.to_install));
    findings.faults.extend(taken_ports(&stack.ports()));
    findings.faults.extend(disk(stack));
    // What may be slow runs side by side, each with an end.
    let (node, unreachable) = thread::scope(|scope| {
        let given = scope.spawn(|| given::unreachable(stack));
        (node::look(), given.join().expect("a check does not panic"))
    });
    findings.faults.extend(unreachable);
    match node {
        Ok(()) => findings.node = true,
        Err(fault) => findings.warnings.push(fault),
    }
    findings
}

fn to_install(stack: &Stack) -> Vec<Need> {
    let mysql = if stack.mysql_is_given {
        MARIADB_CLIENT
    } else {
        MARIADB
    };
    let redis = (!stack.redis_is_given).then_some(REDIS);
    let watching = watching::NEEDS.into_iter().filter(|_| stack.watched);
    let needs = std::iter::once(mysql).chain(redis).chain(watching);
    install::missing(&needs.collect::<Vec<_>>())
}

/// What cannot be installed, and how to do without.
fn uninstalled(needs: &[Need]) -> Vec<Fault> {
    let (watching, servers): (Vec<Need>, Vec<Need>) = needs
        .iter()
        .copied()
        .partition(|need| watching::NEEDS.contains(need));
    let given = "or give servers with AIRSIDE_MYSQL_URL and AIRSIDE_REDIS_URL";
    let without = "or leave them out: cargo xtask up --no-prometheus";
    let fault = |(needs, or): (Vec<Need>, &str)| {
        let names: Vec<&str> = needs.iter().map(|need| need.product).collect();
        let fix = install::obstacle(&needs).filter(|_| !needs.is_empty())?;
        Some(Fault::new(
            names.join(" and "),
            format!("{fix}\n           {or}"),
        ))
    };
    [(servers, given), (watching, without)]
        .into_iter()
        .filter_map(fault)
        .collect()
}

/// One fault for each taken port.
pub fn taken_ports(ports: &[(u16, &str)]) -> Vec<Fault> {
    let fault = |(port, user): &(u16, &str)| {
        if procfs::port_is_free(*port) {
            return None;
        }
        let (holder, fix) = match procfs::port_holder(*port) {
            Some(holder) => (
                format!("{} (pid {})", holder.name, holder.pid),
                format!("kill {}", holder.pid),
            ),
            None => (
                "a process of another user".to_owned(),
                format!("sudo ss -ltnp sport = :{port}"),
            ),
        };
        Some(Fault::new(
            format!("port {port} for {user} is taken by {holder}"),
            format!("{fix}   (or AIRSIDE_PORT_OFFSET=10000 cargo xtask up, which moves all ports)"),
        ))
    };
    ports.iter().filter_map(fault).collect()
}

/// Free room is needed where cargo builds and where the servers keep their data.
fn disk(stack: &Stack) -> Vec<Fault> {
    let binaries = layout::binaries(&stack.layout.root, stack.release);
    let target = binaries.parent().unwrap_or(&binaries).to_path_buf();
    low_disks(&[(target, BUILD_GIB), (stack.layout.data.clone(), DATA_GIB)])
}

/// One fault for each file system that has less free than the folders on it need together.
fn low_disks(needs: &[(PathBuf, u64)]) -> Vec<Fault> {
    let mut disks: Vec<(u64, &Path, u64)> = Vec::new();
    for (folder, gib) in needs {
        let there = folder.ancestors().find(|folder| folder.exists());
        let Some((folder, meta)) = there.and_then(|f| Some((f, f.metadata().ok()?))) else {
            continue;
        };
        match disks.iter_mut().find(|(device, ..)| *device == meta.dev()) {
            Some((_, _, needed)) => *needed += gib,
            None => disks.push((meta.dev(), folder, *gib)),
        }
    }
    let fault = |(_, folder, needed): (u64, &Path, u64)| {
        let stat = rustix::fs::statvfs(folder).ok()?;
        let free = stat.f_bavail * stat.f_frsize / (1 << 30);
        (free < needed).then(|| {
            Fault::new(
                format!(
                    "disk: {free} GiB free on {}, needed are {needed}",
                    folder.display()
                ),
                "free some space, or set AIRSIDE_DATA_DIR and CARGO_TARGET_DIR to another disk",
            )
        })
    };
    disks.into_iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn every_taken_port_is_told_with_its_holder_and_a_fix() {
        let listeners = [0, 0].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
        let ports = listeners
            .each_ref()
            .map(|l| (l.local_addr().unwrap().port(), "gateway"));
        let faults = taken_ports(&ports);
        assert_eq!(faults.len(), 2);
        let pid = std::process::id().to_string();
        assert!(faults[0].what.contains(&ports[0].0.to_string()) && faults[0].what.contains(&pid));
        assert!(faults[0].fix.contains(&format!("kill {pid}")));
    }

    #[test]
    fn too_little_room_is_told_once_a_disk() {
        let here = std::env::temp_dir();
        assert_eq!(low_disks(&[(here.clone(), 0)]), []);
        let faults = low_disks(&[(here.join("not/there/yet"), 1 << 40), (here.clone(), 1)]);
        assert_eq!(faults.len(), 1);
        let expected = format!("on {}, needed are {}", here.display(), (1u64 << 40) + 1);
        assert!(faults[0].what.contains(&expected), "{}", faults[0].what);
        assert!(faults[0].fix.contains("CARGO_TARGET_DIR"));
    }
}
