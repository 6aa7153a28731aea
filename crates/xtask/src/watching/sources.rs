//! What Prometheus asks beside the services: the audit on patrol, and the exporters of the two stores.

use super::url;
use crate::database::AUDIT_ACCOUNT;
use crate::install::{MYSQLD_EXPORTER, Need, REDIS_EXPORTER};
use crate::layout::binaries;
use crate::process::find_program;
use crate::services::{account_password, account_url};
use crate::stack::Stack;
use crate::supervisor::probe::Probe;
use crate::supervisor::spec::{PartSpec, Tier};
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

const AUDITOR_PORT: u16 = 8100;
const MYSQLD_EXPORTER_PORT: u16 = 9104;
const REDIS_EXPORTER_PORT: u16 = 9121;
/// Their standard ports, and what is there.
pub const PORTS: [(u16, &str); 3] = [
    (AUDITOR_PORT, "auditor"),
    (MYSQLD_EXPORTER_PORT, "MySQL exporter"),
    (REDIS_EXPORTER_PORT, "Redis exporter"),
];

/// How often the audit reads the books of a stack that one person plays with.
const AUDIT_EVERY_SECONDS: &str = "60";
/// What needs more rights than the account of the audit has.
const NOT_COLLECTED: [&str; 3] = [
    "slave_status",
    "info_schema.innodb_cmp",
    "info_schema.innodb_cmpmem",
];
const GRACE: Duration = Duration::from_secs(5);

/// All of them, for the supervisor.
pub fn parts(stack: &Stack) -> Result<Vec<PartSpec>> {
    Ok(vec![
        auditor(stack)?,
        mysqld_exporter(stack)?,
        redis_exporter(stack)?,
    ])
}

fn auditor(stack: &Stack) -> Result<PartSpec> {
    let port = stack.layout.port(AUDITOR_PORT);
    let program = binaries(&stack.layout.root, stack.release).join("audit");
    Ok(PartSpec {
        args: vec!["patrol".into()],
        env: vec![
            ("HOST".to_owned(), "127.0.0.1".into()),
            ("PORT".to_owned(), port.to_string().into()),
            ("AUDIT_EVERY_SECONDS".to_owned(), AUDIT_EVERY_SECONDS.into()),
            (
                "AUDIT_DATABASE_URL".to_owned(),
                account_url(stack, AUDIT_ACCOUNT, "")?.into(),
            ),
        ],
        ..part(stack, "auditor", program, port, "/metrics")
    })
}

fn mysqld_exporter(stack: &Stack) -> Result<PartSpec> {
    let port = stack.layout.port(MYSQLD_EXPORTER_PORT);
    let mut args = vec![listen("--web.listen-address", port)];
    let off = NOT_COLLECTED.map(|collector| format!("--no-collect.{collector}").into());
    args.extend(off);
    Ok(PartSpec {
        args,
        env: vec![("DATA_SOURCE_NAME".to_owned(), data_source(stack)?.into())],
        ..part(
            stack,
            "mysqld-exporter",
            installed(MYSQLD_EXPORTER)?,
            port,
            "/",
        )
    })
}

fn redis_exporter(stack: &Stack) -> Result<PartSpec> {
    let port = stack.layout.port(REDIS_EXPORTER_PORT);
    Ok(PartSpec {
        args: vec![listen("--web.listen-address", port)],
        env: vec![("REDIS_ADDR".to_owned(), stack.redis_url.clone().into())],
        ..part(
            stack,
            "redis-exporter",
            installed(REDIS_EXPORTER)?,
            port,
            "/",
        )
    })
}

/// The audit's account as the exporter wants it: `account:password@unix(path)/` or `@tcp(host:port)/`.
fn data_source(stack: &Stack) -> Result<String> {
    let password = account_password(&stack.layout, AUDIT_ACCOUNT)?;
    let server = match stack.mysql.socket() {
        Some(socket) => format!("unix({})", socket.display()),
        None => {
            let (host, port) = stack.mysql.host_and_port();
            format!("tcp({host}:{port})")
        }
    };
    Ok(format!("{AUDIT_ACCOUNT}:{password}@{server}/"))
}

fn listen(option: &str, port: u16) -> OsString {
    format!("{option}=127.0.0.1:{port}").into()
}

fn installed(need: Need) -> Result<PathBuf> {
    find_program(need.program).with_context(|| format!("{} is not installed", need.program))
}

fn part(stack: &Stack, name: &str, program: PathBuf, port: u16, path: &'static str) -> PartSpec {
    PartSpec {
        name: name.to_owned(),
        url: url(port),
        program,
        args: Vec::new(),
        env: Vec::new(),
        folder: stack.layout.data.clone(),
        log: stack.layout.logs().join(format!("{name}.out")),
        probe: Probe::Http { port, path },
        tier: Tier::Watching,
        grace: GRACE,
    }
}
