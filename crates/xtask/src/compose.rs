//! `compose-check`: docker-compose.yml without a container engine. The same binaries get exactly
//! the environment, commands, health checks and order of the file, on loopback and with servers of
//! their own; then somebody books and pays, and the books must agree.

mod check;
mod containers;
pub mod file;
mod mysqld;
mod order;
pub mod places;
mod stand_in;

use crate::fuzz::scratch;
use crate::install::{
    self, ALERTMANAGER, MARIADB, MARIADB_CLIENT, MYSQLD_EXPORTER, Need, PROMETHEUS, REDIS,
    REDIS_EXPORTER,
};
use crate::layout::{Layout, binaries, private_folder};
use crate::preflight::node;
use crate::process::{guarded, procfs, step};
use crate::supervisor::probe::http_get;
use crate::{build, console, frontend, heavy, interrupt};
use anyhow::{Context as _, Result, bail, ensure};
use containers::Containers;
use file::Compose;
use mysqld::Mysqld;
use places::Places;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

/// What health checks and scripts of the file call.
const WGET: Need = Need {
    program: "wget",
    product: "wget",
    packages: &["wget"],
};
const OPENSSL: Need = Need {
    program: "openssl",
    product: "openssl",
    packages: &["openssl"],
};
const FILE: &str = "docker-compose.yml";
/// Prometheus scrapes every two seconds.
const SCRAPE_PATIENCE: Duration = Duration::from_secs(20);
/// Above 0 where those that tell of others reach them.
const REACHED: [&str; 3] = ["mysql_up", "redis_up", "audit_last_end_timestamp_seconds"];
/// Pages of the front end, and what stands in them.
const PAGES: [(&str, &str); 2] = [
    ("/", "</html>"),
    ("/api/gw/flightsService/api/v1/airport", "\"success\":true"),
];

/// Runs the whole file, `mysql`: with a real MySQL.
pub fn run(layout: &Layout, mysql: bool) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    build::binaries(&layout.root, false)?;
    let mysqld = match mysql {
        true => Mysqld::fetch(layout)?,
        false => Mysqld::Mariadb,
    };
    of_built(layout, &mysqld)
}

/// The part of a test run, whose binaries are built.
pub fn briefly(layout: &Layout) -> Result<()> {
    of_built(layout, &Mysqld::Mariadb)
}

fn of_built(layout: &Layout, mysqld: &Mysqld) -> Result<()> {
    let needs = [
        MARIADB,
        MARIADB_CLIENT,
        REDIS,
        PROMETHEUS,
        ALERTMANAGER,
        MYSQLD_EXPORTER,
        REDIS_EXPORTER,
        WGET,
        OPENSSL,
    ];
    install::require("compose-check", &needs, &scratch(layout)?.join("apt.log"))?;
    if node::look().is_ok() {
        frontend::build(&frontend::logging_in(layout, &scratch(layout)?)?)?;
    }
    let work = Work::create()?;
    let compose = prepare(&layout.root, &work.0)?;
    let places = Places::find(&compose, &work.0)?;
    for (name, service) in &compose.services {
        places.furnish(name, service, &compose, &layout.root)?;
    }
    let programs = binaries(&layout.root, false);
    let mut containers = Containers::new(&compose, &places, &layout.root, &programs, mysqld);
    for name in order::of(&compose.services)? {
        containers.start(name)?;
    }
    containers.wait_for_all()?;
    every_target_is_up(&compose, &places)?;
    every_store_is_reached(&places)?;
    if containers.has_started("frontend") {
        every_page_is_served(&places)?;
    }
    tell_the_story(layout, &places)?;
    containers.stop()
}

/// Reads and checks the file; its secrets are made in `work` by the script that people run.
pub fn prepare(root: &Path, work: &Path) -> Result<Compose> {
    let secrets = work.join("secrets");
    let mut make = guarded(root.join("deploy/secrets.sh"));
    step::capture("making secrets", make.arg(&secrets), b"")?;
    let text = fs::read_to_string(root.join(FILE)).context(FILE)?;
    read(&text, root, &secrets).context(FILE)
}

/// Reads and checks the text of a file that lies in `root`, with secrets of `secrets`.
pub fn read(text: &str, root: &Path, secrets: &Path) -> Result<Compose> {
    let variables = BTreeMap::from([("AIRSIDE_SECRETS", secrets.display().to_string())]);
    let compose = Compose::read(text, &variables)?;
    order::of(&compose.services)?;
    check::check(&compose, root)?;
    Ok(compose)
}

/// What each job of Prometheus scrapes must answer it.
fn every_target_is_up(compose: &Compose, places: &Places) -> Result<()> {
    let port = places.port("prom-server", 9090).context("no prom-server")?;
    let deadline = Instant::now() + SCRAPE_PATIENCE;
    let services = compose.services.values();
    let wanted = services.filter(|service| service.is_scraped()).count();
    loop {
        interrupt::check()?;
        let Some((200, body)) = http_get(port, "/api/v1/targets?state=active") else {
            bail!("Prometheus does not answer");
        };
        let (all, down) = not_up(&body)?;
        if all == wanted && down.is_empty() {
            return Ok(());
        }
        ensure!(
            Instant::now() < deadline,
            "Prometheus has {all} targets, there are {wanted} services; not scraped: {down:?}"
        );
        thread::sleep(Duration::from_millis(200));
    }
}

/// How many targets there are, and what is wrong with those that are not up.
fn not_up(body: &str) -> Result<(usize, Vec<String>)> {
    let answer: Value = serde_json::from_str(body)?;
    let targets = answer["data"]["activeTargets"].as_array();
    let targets = targets.context("targets")?;
    let down = targets.iter().filter(|target| target["health"] != "up");
    let down = down.map(|target| format!("{}: {}", target["labels"]["job"], target["lastError"]));
    Ok((targets.len(), down.collect()))
}

/// A target is up when it answers, whatever it has to say.
fn every_store_is_reached(places: &Places) -> Result<()> {
    let port = places.port("prom-server", 9090).context("no prom-server")?;
    let deadline = Instant::now() + SCRAPE_PATIENCE;
    for metric in REACHED {
        loop {
            interrupt::check()?;
            let answer = http_get(port, &format!("/api/v1/query?query={metric}"));
            let (_, body) = answer.context("Prometheus does not answer")?;
            if is_positive(&body)? {
                break;
            }
            ensure!(Instant::now() < deadline, "{metric} is not above 0");
            thread::sleep(Duration::from_millis(200));
        }
    }
    Ok(())
}

/// Whether what was asked for has a value, and one above 0.
fn is_positive(body: &str) -> Result<bool> {
    let answer: Value = serde_json::from_str(body)?;
    let value = answer["data"]["result"][0]["value"][1].as_str();
    Ok(value.is_some_and(|value| value.parse().is_ok_and(|value: f64| value > 0.0)))
}

/// The front end answers by itself, and with what it asks the gateway for.
fn every_page_is_served(places: &Places) -> Result<()> {
    let port = places.port("frontend", 3000).context("no frontend")?;
    let deadline = Instant::now() + SCRAPE_PATIENCE;
    for (path, part) in PAGES {
        loop {
            interrupt::check()?;
            let fault = match http_get(port, path) {
                Some((200, body)) if body.contains(part) => break,
                Some((200, _)) => format!("has no {part}"),
                Some((status, _)) => format!("is answered {status}"),
                None => "is not answered".to_owned(),
            };
            ensure!(Instant::now() < deadline, "frontend: {path} {fault}");
            thread::sleep(Duration::from_millis(200));
        }
    }
    Ok(())
}

fn tell_the_story(layout: &Layout, places: &Places) -> Result<()> {
    let port = |name, inside| places.port(name, inside).context("it was found");
    let url = |port| format!("http://127.0.0.1:{port}");
    let password = places.root("mysql").join("run/secrets/mysql-root-password");
    let password = fs::read_to_string(password)?;
    let books = format!(
        "mysql://root:{}@127.0.0.1:{}/",
        password.trim(),
        port("mysql", 3306)?
    );
    let (gateway, inbox) = (url(port("gateway", 5000)?), url(port("mail", 1080)?));
    let arguments = ["--gateway", &gateway, "--inbox", &inbox].map(OsString::from);
    let mut story = heavy::tool(layout, false, "story", &arguments);
    step::run_shown("the story", story.env("AUDIT_DATABASE_URL", &books))?;
    let mut audit = heavy::audit_tool(layout, false);
    audit.args(["--quiesce", "60"]);
    step::run_shown("the audit", audit.env("AUDIT_DATABASE_URL", &books))?;
    console::say(format_args!("docker-compose.yml works"));
    Ok(())
}

const PREFIX: &str = "airside-compose-";

/// A short path, for sockets; gone when this is dropped.
struct Work(PathBuf);

impl Work {
    fn create() -> Result<Self> {
        remove_abandoned();
        let folder = env::temp_dir().join(format!("{PREFIX}{}", process::id()));
        private_folder(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // Nothing here is worth a second error.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes what runs that were killed left behind.
fn remove_abandoned() {
    let entries = fs::read_dir(env::temp_dir()).into_iter().flatten();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if pid
            .and_then(|pid| pid.parse().ok())
            .is_some_and(|pid: u32| procfs::started(pid).is_none())
        {
            // Not ours to remove, or already gone: this run does not need it.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_not_reached_is_0_or_not_there() {
        let answer =
            |result: &str| format!(r#"{{"status":"success","data":{{"result":{result}}}}}"#);
        let with = |value: &str| answer(&format!(r#"[{{"metric":{{}},"value":[1.5,"{value}"]}}]"#));
        assert!(is_positive(&with("1")).unwrap());
        assert!(is_positive(&with("1.76e9")).unwrap());
        assert!(!is_positive(&with("0")).unwrap());
        assert!(!is_positive(&answer("[]")).unwrap());
    }
}
