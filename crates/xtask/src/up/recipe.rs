//! The steps of `up`, in order.

use crate::cli::UpOptions;
use crate::console::{self, Progress};
use crate::layout::Layout;
use crate::preflight::Findings;
use crate::servers::{mariadb, redis};
use crate::services::SERVICES;
use crate::sink::choice;
use crate::stack::{Stack, public_redis_url};
use crate::supervisor::probe::Probe;
use crate::supervisor::spec::{PartSpec, Tier};
use crate::supervisor::state::{EXTERNAL, Facts, PartStatus, State};
use crate::supervisor::{Event, Handle};
use crate::{
    accounts, build, database, frontend, install, interrupt, keys, seed, status, watching,
};
use anyhow::{Context as _, Result, anyhow};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// A log of earlier starts is put aside when it has grown past this.
const LONG_LOG: u64 = 10 << 20;
/// The longest a fresh part may take to become ready on a busy machine.
const READY_TIMEOUT: Duration = Duration::from_secs(120);
/// MariaDB writes its buffer pool back when it ends.
const SERVER_GRACE: Duration = Duration::from_secs(30);

/// Everything from nothing to ready.
pub fn bring_up(
    stack: &Stack,
    findings: &Findings,
    options: &UpOptions,
    handle: &Handle,
) -> Result<()> {
    let began = Instant::now();
    turn_logs(&stack.layout)?;
    if stack.limits_off {
        console::shout(
            "  LIMITS ARE OFF: no rate limit, no limit on unpaid holds; for measuring only",
        );
    }
    build_beside(stack, || start_servers(stack, findings, handle))?;
    keys::prepare(&stack.layout, stack.release)?;
    seed::migrate(stack)?;
    seed::flights(stack, options.data)?;
    let data = options.data.name().unwrap_or("none");
    let accounts = accounts::prepare(stack, data)?;
    start_services(stack, handle)?;
    if stack.has_frontend && findings.node {
        frontend::build(&stack.layout)?;
        start_all(
            "starting the front end",
            vec![frontend::part(stack)?],
            handle,
        )?;
    }
    if stack.watched {
        start_watching(stack, handle)?;
    }
    let accounts = accounts::usable(stack, accounts);
    let facts = Facts {
        ready: true,
        release: stack.release,
        limits_off: stack.limits_off,
        data: data.to_owned(),
        sink: choice::facts(stack),
        accounts,
        external: external(stack),
    };
    tell(facts, began, handle);
    Ok(())
}

/// Compiles while the servers are fetched and started: one waits for the processor, the other
/// for the network. The first error ends both.
fn build_beside(stack: &Stack, servers: impl FnOnce() -> Result<()> + Send) -> Result<()> {
    thread::scope(|scope| {
        let servers = scope.spawn(|| servers().inspect_err(|_| interrupt::request()));
        let built = build::binaries(&stack.layout.root, stack.release);
        let served = servers.join().map_err(|_| anyhow!("a step panicked"))?;
        served.and(built)
    })
}

fn start_servers(stack: &Stack, findings: &Findings, handle: &Handle) -> Result<()> {
    install::install(&findings.to_install, &stack.layout.logs().join("apt.log"))?;
    let mut waiting = Vec::new();
    if !stack.mysql_is_given {
        let mariadb = stack.mariadb();
        mariadb.initialise(&stack.layout.logs().join("mariadb-install.log"))?;
        let probe = Probe::Mariadb(mariadb.socket.clone());
        let program = mariadb::program()?;
        waiting.push(server(
            stack,
            "mariadb",
            program,
            mariadb.arguments()?,
            probe,
            Tier::Database,
        ));
    }
    if !stack.redis_is_given {
        let redis = stack.redis()?;
        let (port, arguments) = (redis.port, vec![redis.configure()?.into()]);
        waiting.push(server(
            stack,
            "redis",
            redis::program()?,
            arguments,
            Probe::Redis(port),
            Tier::Redis,
        ));
    }
    start_all("starting the servers", waiting, handle)?;
    database::prepare(stack).context("the database server")?;
    let sink = choice::part(stack, findings.node)?;
    handle.send(Event::Facts(Box::new(Facts {
        sink: choice::facts(stack),
        external: external(stack),
        ..Facts::default()
    })));
    start_all("starting the mail inbox", vec![sink], handle)
}

fn server(
    stack: &Stack,
    name: &str,
    program: std::path::PathBuf,
    args: Vec<std::ffi::OsString>,
    probe: Probe,
    tier: Tier,
) -> PartSpec {
    let url = if tier == Tier::Database {
        stack.mysql.public_url()
    } else {
        public_redis_url(&stack.redis_url)
    };
    PartSpec {
        name: name.to_owned(),
        url,
        program,
        args,
        env: Vec::new(),
        folder: stack.layout.data.clone(),
        log: stack.layout.logs().join(format!("{name}.out")),
        probe,
        tier,
        grace: SERVER_GRACE,
    }
}

fn start_services(stack: &Stack, handle: &Handle) -> Result<()> {
    let parts = SERVICES
        .iter()
        .map(|service| service.part(stack))
        .collect::<Result<_>>()?;
    start_all("starting the services", parts, handle)
}

/// Ready means here that every service is seen, and that alerts reach somebody.
fn start_watching(stack: &Stack, handle: &Handle) -> Result<()> {
    let folder = watching::folder(stack);
    let targets = watching::configure(&stack.layout, &folder)?;
    let parts = watching::parts(stack)?;
    start_all("starting what watches them", parts, handle)?;
    let port = stack.layout.port(watching::PROMETHEUS_PORT);
    watching::targets::wait(port, &targets, watching::targets::PATIENCE)
}

/// Starts parts together and waits until all of them are ready.
fn start_all(title: &str, parts: Vec<PartSpec>, handle: &Handle) -> Result<()> {
    let mut progress = Progress::start(title);
    let deadline = Instant::now() + READY_TIMEOUT;
    let waiting: Vec<_> = parts
        .into_iter()
        .map(|part| (part.name.clone(), part.log.clone(), handle.add(part)))
        .collect();
    for (name, log, ready) in waiting {
        ready
            .wait_until(deadline, || progress.tick())
            .with_context(|| {
                format!("{name} did not become ready; its log is {}", log.display())
            })?;
    }
    progress.done();
    Ok(())
}

/// Servers of somebody else, for `status`.
fn external(stack: &Stack) -> Vec<PartStatus> {
    let part = |name: &str, url: String| PartStatus {
        name: name.to_owned(),
        url,
        pid: None,
        started: None,
        health: EXTERNAL.to_owned(),
        log: Default::default(),
        probe: None,
    };
    let mysql = stack
        .mysql_is_given
        .then(|| part("mariadb", stack.mysql.public_url()));
    let redis = stack
        .redis_is_given
        .then(|| part("redis", public_redis_url(&stack.redis_url)));
    mysql.into_iter().chain(redis).collect()
}

fn tell(facts: Facts, began: Instant, handle: &Handle) {
    let parts = facts
        .external
        .iter()
        .cloned()
        .chain(handle.status())
        .collect();
    handle.send(Event::Facts(Box::new(facts.clone())));
    console::say(format_args!(
        "\nready after {:.0} s\n",
        began.elapsed().as_secs_f64()
    ));
    status::print(&State {
        pid: std::process::id(),
        parts,
        facts,
    });
    console::say("\n  Ctrl-C or `cargo xtask down` stops all of it");
}

fn turn_logs(layout: &Layout) -> Result<()> {
    for entry in fs::read_dir(layout.logs())?.flatten() {
        let path = entry.path();
        let is_ours = path.extension().is_some_and(|extension| extension == "out");
        if is_ours && entry.metadata()?.len() > LONG_LOG {
            fs::rename(&path, path.with_added_extension("old"))?;
        }
    }
    Ok(())
}
