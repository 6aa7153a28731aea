//! Servers from the distribution's packages, where apt is there and we are root.

use crate::console;
use crate::process::{find_program, guarded, step};
use anyhow::{Context as _, Result, bail};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A program we need and the Debian packages that bring it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The program.
    pub program: &'static str,
    /// What it is for, in a word.
    pub product: &'static str,
    /// The Debian packages.
    pub packages: &'static [&'static str],
}

/// What Debian's invoke-rc.d asks before it starts a service (see its manual page).
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// 101: do nothing. The comment tells our file from others, should we be killed before it is gone.
const POLICY_TEXT: &str = "#!/bin/sh\n# of `cargo xtask`, while it installs packages\nexit 101\n";

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
/// What backs it up.
pub const MARIADB_DUMP: Need = Need {
    program: "mariadb-dump",
    product: "mariadb-dump",
    packages: &["mariadb-client"],
};
/// What the documents ask by.
pub const CURL: Need = Need {
    program: "curl",
    product: "curl",
    packages: &["curl"],
};
/// The queue server.
pub const REDIS: Need = Need {
    program: "redis-server",
    product: "Redis (6.2 or later)",
    packages: &["redis-server"],
};
/// What watches the services.
pub const PROMETHEUS: Need = Need {
    program: "prometheus",
    product: "Prometheus (2.42 or later)",
    packages: &["prometheus"],
};
/// What tells Prometheus of the database.
pub const MYSQLD_EXPORTER: Need = Need {
    program: "prometheus-mysqld-exporter",
    product: "mysqld_exporter",
    packages: &["prometheus-mysqld-exporter"],
};
/// What tells Prometheus of Redis.
pub const REDIS_EXPORTER: Need = Need {
    program: "prometheus-redis-exporter",
    product: "redis_exporter",
    packages: &["prometheus-redis-exporter"],
};
/// What takes its alerts. Debian gives the program its longer name.
pub const ALERTMANAGER: Need = Need {
    program: "prometheus-alertmanager",
    product: "Alertmanager (0.25 or later, as the program prometheus-alertmanager)",
    packages: &["prometheus-alertmanager"],
};
/// The yardstick of `bench`.
pub const NGINX: Need = Need {
    program: "nginx",
    product: "nginx",
    packages: &["nginx-light"],
};
/// What runs schemathesis, with its module venv.
pub const PYTHON: Need = Need {
    program: "python3",
    product: "Python (3.10 or later)",
    packages: &["python3", "python3-venv"],
};

/// What opens the queue dashboard in a test.
pub const CHROMIUM: Need = Need {
    program: "chromium",
    product: "Chromium",
    packages: &["chromium"],
};

/// Installs those of `needs` that are missing, or says how `what` can have them.
pub fn require(what: &str, needs: &[Need], log: &Path) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    if let Some(fix) = obstacle(&missing) {
        bail!("{what} needs servers that are not installed; fix: {fix}");
    }
    install(&missing, log)
}

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
    let _quiet = NoServices::declare(Path::new(POLICY))?;
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

/// As long as it lives, packages that are installed start no system service of their own: those of
/// Redis and nginx would, on ports that others may want.
struct NoServices<'a>(Option<&'a Path>);

impl<'a> NoServices<'a> {
    /// Declares it in `file`, which Debian's maintainer scripts ask, unless somebody else did.
    fn declare(file: &'a Path) -> Result<Self> {
        let is_ours = fs::read_to_string(file).is_ok_and(|text| text == POLICY_TEXT);
        let is_theirs = file.symlink_metadata().is_ok() && !is_ours;
        if is_theirs || !file.parent().is_some_and(Path::is_dir) {
            return Ok(Self(None));
        }
        let declared = Self(Some(file));
        fs::write(file, POLICY_TEXT).with_context(|| file.display().to_string())?;
        fs::set_permissions(file, Permissions::from_mode(0o755))?;
        Ok(declared)
    }
}

impl Drop for NoServices<'_> {
    fn drop(&mut self) {
        // Ours, or gone already.
        let _ = self.0.map(fs::remove_file);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn packages_are_told_to_start_nothing_unless_somebody_else_decides() {
        let folder = std::env::temp_dir().join(format!("airside-policy-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("policy-rc.d");
        let declared = NoServices::declare(&file).unwrap();
        let answer = Command::new("sh").arg(&file).status().unwrap();
        assert_eq!(answer.code(), Some(101));
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o755
        );
        drop(declared);
        assert!(!file.exists());

        fs::write(&file, "#!/bin/sh\nexit 0\n").unwrap();
        drop(NoServices::declare(&file).unwrap());
        assert_eq!(fs::read_to_string(&file).unwrap(), "#!/bin/sh\nexit 0\n");

        fs::write(&file, POLICY_TEXT).unwrap();
        drop(NoServices::declare(&file).unwrap());
        assert!(!file.exists(), "one that a killed run left is removed");
        fs::remove_dir_all(&folder).unwrap();
    }
}
