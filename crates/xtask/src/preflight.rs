//! Everything that would make `up` fail later, found in two seconds and told at once.

use crate::console;
use crate::install::{self, MARIADB, MARIADB_CLIENT, Need, REDIS};
use crate::process::{find_program, procfs};
use crate::stack::Stack;
use anyhow::{Result, bail};
use std::process::Command;

/// The oldest Node that the front end and the mail inbox run on.
const OLDEST_NODE: (u32, u32) = (20, 9);
/// A debug build, the servers' data and some room.
const DISK_GIB: u64 = 6;

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
    findings.faults.extend(servers(&findings.to_install));
    findings.faults.extend(taken_ports(&stack.ports()));
    findings.faults.extend(disk(stack));
    match node() {
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
    install::missing(&std::iter::once(mysql).chain(redis).collect::<Vec<_>>())
}

fn servers(needs: &[Need]) -> Option<Fault> {
    if needs.is_empty() {
        return None;
    }
    let names: Vec<&str> = needs.iter().map(|need| need.product).collect();
    let given = "or give servers with AIRSIDE_MYSQL_URL and AIRSIDE_REDIS_URL";
    install::obstacle(needs)
        .map(|fix| Fault::new(names.join(" and "), format!("{fix}\n           {given}")))
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

fn disk(stack: &Stack) -> Option<Fault> {
    let folder = stack
        .layout
        .data
        .ancestors()
        .find(|folder| folder.exists())?;
    let stat = rustix::fs::statvfs(folder).ok()?;
    let free = stat.f_bavail * stat.f_frsize / (1 << 30);
    (free < DISK_GIB).then(|| {
        Fault::new(
            format!(
                "disk: {free} GiB free on {}, needed are {DISK_GIB}",
                folder.display()
            ),
            "free some space, or set AIRSIDE_DATA_DIR and CARGO_TARGET_DIR to another disk",
        )
    })
}

fn node() -> Result<(), Fault> {
    let (major, minor) = OLDEST_NODE;
    let fix = format!("install Node {major}.{minor} or later with npm (https://nodejs.org)");
    let without = "mails go to a plain sink without pages";
    if find_program("npm").is_none() {
        return Err(Fault::new(
            format!("Node with npm is not installed: {without}"),
            fix,
        ));
    }
    let output = Command::new("node").arg("--version").output();
    let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match version {
        Ok(version) if is_new_enough(&version) => Ok(()),
        Ok(version) => Err(Fault::new(
            format!("Node is too old ({version}): {without}"),
            fix,
        )),
        Err(_) => Err(Fault::new(format!("Node is not installed: {without}"), fix)),
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST_NODE
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
    fn node_20_9_is_the_oldest() {
        assert!(is_new_enough("v20.9.0") && is_new_enough("v22.1.0"));
        assert!(!is_new_enough("v20.8.1") && !is_new_enough("v18.19.0") && !is_new_enough(""));
    }
}
