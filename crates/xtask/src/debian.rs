//! Programs of another Debian release, unpacked under target/tools and installed nowhere. apt checks
//! the archive's signature and each package's checksum.

use crate::layout::{Layout, binaries};
use crate::process::{find_program, guarded, step};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Written when everything else is there.
const WHOLE: &str = "whole";

/// The folder in which `packages` of `suite` are unpacked, with all that they depend on. What is
/// there already is used as it is: remove the folder for newer ones.
pub fn fetch(layout: &Layout, suite: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = tools(layout).join(format!("{suite}-{}", packages[0]));
    if folder.join(WHOLE).is_file() {
        return Ok(folder);
    }
    let apt = Apt::create(tools(layout).join(format!("apt-{suite}")), suite)?;
    apt.download(packages)?;
    let unpacked = folder.with_added_extension("new");
    for stale in [&unpacked, &folder] {
        if stale.exists() {
            fs::remove_dir_all(stale)?;
        }
    }
    fs::create_dir_all(&unpacked)?;
    apt.unpack(&unpacked)?;
    fs::write(unpacked.join(WHOLE), "")?;
    fs::rename(&unpacked, &folder)?;
    fs::remove_dir_all(apt.folder)?;
    Ok(folder)
}

/// Where tools are kept.
pub fn tools(layout: &Layout) -> PathBuf {
    binaries(&layout.root, false).with_file_name("tools")
}

/// apt with a root of its own, in which nothing is installed.
struct Apt {
    folder: PathBuf,
}

impl Apt {
    fn create(folder: PathBuf, suite: &str) -> Result<Self> {
        ensure!(find_program("apt-get").is_some(), "there is no apt-get");
        for part in ["lists/partial", "archives/partial", "sources"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let own = Path::new("/etc/apt/sources.list.d/debian.sources");
        let own = fs::read_to_string(own).with_context(|| own.display().to_string())?;
        fs::write(folder.join("sources/other.sources"), of_suite(&own, suite)?)?;
        fs::write(folder.join("status"), "")?;
        let apt = Self { folder };
        apt.run("reading package lists", &["update"])?;
        Ok(apt)
    }

    fn download(&self, packages: &[&str]) -> Result<()> {
        let mut arguments = vec![
            "install",
            "--download-only",
            "--yes",
            "--no-install-recommends",
        ];
        arguments.extend(packages);
        self.run(&format!("downloading {}", packages.join(" ")), &arguments)
    }

    fn unpack(&self, target: &Path) -> Result<()> {
        for archive in fs::read_dir(self.folder.join("archives"))? {
            let archive = archive?.path();
            if archive.extension().is_some_and(|kind| kind == "deb") {
                let mut unpack = guarded("dpkg-deb");
                unpack.arg("--extract").arg(&archive).arg(target);
                step::capture("unpacking", &mut unpack, b"")?;
            }
        }
        Ok(())
    }

    fn run(&self, title: &str, arguments: &[&str]) -> Result<()> {
        let mut command = self.command();
        command.args(arguments);
        step::run_logged(title, &mut command, &self.folder.join("apt.log"))
    }

    fn command(&self) -> Command {
        let at = |part: &str| self.folder.join(part).display().to_string();
        let mut command = guarded("apt-get");
        for option in [
            format!("Dir::Etc::sourcelist={}", at("none")),
            format!("Dir::Etc::sourceparts={}", at("sources")),
            format!("Dir::State::lists={}", at("lists")),
            format!("Dir::State::status={}", at("status")),
            format!("Dir::Cache={}", self.folder.display()),
            format!("Dir::Cache::archives={}", at("archives")),
            "APT::Sandbox::User=root".to_owned(),
            "APT::Architectures=amd64".to_owned(),
            "Debug::NoLocking=true".to_owned(),
        ] {
            command.arg("-o").arg(option);
        }
        command
    }
}

/// The first source of this machine, of another release. (The second is that of security updates,
/// which unstable does not have.)
fn of_suite(sources: &str, suite: &str) -> Result<String> {
    let first = sources.split("\n\n").next().unwrap_or_default();
    let lines: Vec<_> = first
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| match line.starts_with("Suites:") {
            true => format!("Suites: {suite}"),
            false => line.to_owned(),
        })
        .collect();
    let text = lines.join("\n") + "\n";
    ensure!(text.contains("Suites:"), "debian.sources names no suite");
    Ok(text)
}
