//! Servers from the distribution's packages, where apt is there and we are root.

use crate::console;
use crate::process::{find_program, guarded, step};
use anyhow::Result;
use std::path::Path;

/// A program we need and the Debian packages that bring it. MariaDB's core packages bring no
/// system service; where systemd runs, those of Redis and nginx start one on its usual port, which
/// is not ours and which `down` leaves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The program.
    pub program: &'static str,
    /// What it is for, in a word.
    pub product: &'static str,
    /// The Debian packages.
    pub packages: &'static [&'static str],
}

/// The database server.
pub const MARIADB: Need = Need {
    program: "mariadbd",
    product: "MariaDB (10.11 or later)",
    packages: &["mariadb-server-core", "mariadb-client-core"],
};
/// Its command line client.
pub const MARIADB_CLIENT: Need = Need {
    program: "mariadb",
    product: "the MariaDB client",
    packages: &["mariadb-client-core"],
};
/// The queue server.
pub const REDIS: Need = Need {
    program: "redis-server",
    product: "Redis (6.2 or later)",
    packages: &["redis-server"],
};
/// The yardstick of `bench`.
pub const NGINX: Need = Need {
    program: "nginx",
    product: "nginx",
    packages: &["nginx-light"],
};

/// Those that are not installed.
pub fn missing(needs: &[Need]) -> Vec<Need> {
    needs
        .iter()
        .filter(|need| find_program(need.program).is_none())
        .copied()
        .collect()
}

/// Why we cannot install, with the fix; None when we can.
pub fn obstacle(needs: &[Need]) -> Option<String> {
    let products: Vec<&str> = needs.iter().map(|need| need.product).collect();
    let products = products.join(" and ");
    if find_program("apt-get").is_none() {
        return Some(format!("install {products} with your package manager"));
    }
    let packages = packages(needs).join(" ");
    (!rustix::process::geteuid().is_root()).then(|| {
        format!("run: sudo apt-get install {packages}   (only root may; or run this as root)")
    })
}

/// Installs them.
pub fn install(needs: &[Need], log: &Path) -> Result<()> {
    if needs.is_empty() {
        return Ok(());
    }
    let packages = packages(needs);
    console::say(format_args!(
        "  installing with apt: {}",
        packages.join(" ")
    ));
    let install = || {
        let mut command = apt("install");
        command
            .args(["--no-install-recommends", "--yes"])
            .args(&packages);
        step::run_logged("apt-get install", &mut command, log)
    };
    // Lists that are fresh enough save the update.
    install().or_else(|_| {
        step::run_logged(
            "apt-get update",
            &mut apt("update"),
            &log.with_extension("update.log"),
        )?;
        install()
    })
}

fn apt(verb: &str) -> std::process::Command {
    let mut command = guarded("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args([verb, "-o", "DPkg::Lock::Timeout=120"]);
    command
}

fn packages(needs: &[Need]) -> Vec<&'static str> {
    let mut packages: Vec<_> = needs
        .iter()
        .flat_map(|need| need.packages)
        .copied()
        .collect();
    packages.dedup();
    packages
}
