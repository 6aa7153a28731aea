//! What stands beside a stack for Prometheus to ask: the audit on patrol and the exporters of the two
//! stores.

use std::{
    net::TcpStream,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::bail;

use super::{
    Stack, binaries, find, ports,
    process::{Launch, Process},
};

const START_LIMIT: Duration = Duration::from_secs(30);

/// One of them.
pub struct Watcher {
    /// What `prometheus/targets` calls it.
    pub name: String,
    /// Where its `/metrics` are, `host:port`.
    pub address: String,
    _process: Process,
}

impl Watcher {
    /// Starts all of them and waits until they answer.
    pub fn start_all(stack: &Stack) -> anyhow::Result<Vec<Self>> {
        let all = [auditor(stack)?, mysql(stack)?, redis(stack)?];
        all.into_iter().map(Self::start).collect()
    }

    fn start((port, launch): Planned) -> anyhow::Result<Self> {
        let mut process = launch.start()?;
        let deadline = Instant::now() + START_LIMIT;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if process.ended()?.is_some() || Instant::now() > deadline {
                bail!("{} does not start:\n{}", launch.name, launch.last_lines());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            name: launch.name,
            address: format!("127.0.0.1:{port}"),
            _process: process,
        })
    }
}

/// Its port, and how it is started.
type Planned = (u16, Launch);

fn auditor(stack: &Stack) -> anyhow::Result<Planned> {
    let port = ports::free()?;
    let prefix = stack.database.prefix().to_owned();
    let arguments = ["--schema-prefix".to_owned(), prefix, "patrol".to_owned()];
    let mut launch = launch(
        stack,
        "auditor",
        binaries()?.join("audit"),
        arguments.into(),
    );
    launch.set("PORT", &port.to_string());
    launch.set("AUDIT_DATABASE_URL", &stack.database.audit_url());
    launch.set("AUDIT_EVERY_SECONDS", "5");
    Ok((port, launch))
}

fn mysql(stack: &Stack) -> anyhow::Result<Planned> {
    let port = ports::free()?;
    let program = find("prometheus-mysqld-exporter")?;
    // What needs more rights than to read is left out.
    let off = [
        "slave_status",
        "info_schema.innodb_cmp",
        "info_schema.innodb_cmpmem",
    ];
    let off = off.map(|collector| format!("--no-collect.{collector}"));
    let mut arguments = vec![format!("--web.listen-address=127.0.0.1:{port}")];
    arguments.extend(off);
    let mut launch = launch(stack, "mysqld-exporter", program, arguments);
    launch.set("DATA_SOURCE_NAME", &stack.database.audit_source());
    Ok((port, launch))
}

fn redis(stack: &Stack) -> anyhow::Result<Planned> {
    let port = ports::free()?;
    let program = find("prometheus-redis-exporter")?;
    let arguments = vec![format!("--web.listen-address=127.0.0.1:{port}")];
    let mut launch = launch(stack, "redis-exporter", program, arguments);
    launch.set("REDIS_ADDR", &stack.redis.url());
    Ok((port, launch))
}

fn launch(stack: &Stack, name: &str, program: PathBuf, arguments: Vec<String>) -> Launch {
    Launch {
        name: name.to_owned(),
        program,
        arguments,
        environment: vec![],
        log: stack.file(&format!("{name}.out")),
    }
}
