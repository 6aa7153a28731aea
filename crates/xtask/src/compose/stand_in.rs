//! What runs instead of an image's own program: the same product from this machine, told where to
//! listen and where its data lies. What an image does before (first passwords) is done here, too.

use super::file::Service;
use super::mysqld::Mysqld;
use super::places::Places;
use crate::frontend;
use crate::install::{MYSQLD_EXPORTER, REDIS_EXPORTER};
use crate::preflight::node;
use crate::process::find_program;
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A command line.
#[derive(Debug)]
pub struct StandIn {
    /// The program.
    pub program: PathBuf,
    /// Before and behind those of the file.
    pub first: Vec<OsString>,
    /// See there.
    pub last: Vec<OsString>,
}

/// What stands in for a service's image; None where nothing can.
pub fn of(
    name: &str,
    service: &Service,
    places: &Places,
    root: &Path,
    binaries: &Path,
    mysqld: &Mysqld,
) -> Result<Option<StandIn>> {
    let folder = places.root(name);
    let port = |inside| places.port(name, inside).context("it was found");
    let listen = |inside| Ok::<_, anyhow::Error>(format!("127.0.0.1:{}", port(inside)?));
    if let Some(program) = service.entrypoint.first() {
        let rest = service.entrypoint[1..].iter();
        let rest: Result<Vec<OsString>> = rest
            .map(|word| Ok(places.moved(name, service, word)?.into()))
            .collect();
        return with(program, rest?, vec![]).map(Some);
    }
    if service.is_frontend() {
        let script = frontend::start_script(root).into();
        return match node::look() {
            Ok(()) => with("node", vec![script], vec![]).map(Some),
            Err(_) => Ok(None),
        };
    }
    if service.is_ours() {
        let program = binaries.join(service.product());
        return Ok(Some(StandIn {
            program,
            first: vec![],
            last: vec![],
        }));
    }
    match service.product() {
        "mysql" | "mariadb" => mysqld.stand_in(&folder, port(3306)?).map(Some),
        // The command begins with the program.
        "redis" => {
            let data = folder.join("data");
            let (port, data) = (port(6379)?.to_string(), data.display().to_string());
            let last = ["--bind", "127.0.0.1", "--port", &port, "--dir", &data].map(OsString::from);
            with("env", vec![], last.into()).map(Some)
        }
        "maildev" => {
            let (smtp, web) = (port(1025)?.to_string(), port(1080)?.to_string());
            let last = ["sink", "--smtp", &smtp, "--web", &web].map(OsString::from);
            let program = PathBuf::from(format!("/proc/{}/exe", std::process::id()));
            Ok(Some(StandIn {
                program,
                first: vec![],
                last: last.into(),
            }))
        }
        "prometheus" => {
            let listen = format!("--web.listen-address={}", listen(9090)?);
            with("prometheus", vec![], vec![listen.into()]).map(Some)
        }
        "alertmanager" => {
            let listen = format!("--web.listen-address={}", listen(9093)?);
            with("prometheus-alertmanager", vec![], vec![listen.into()]).map(Some)
        }
        "mysqld-exporter" => {
            let listen = format!("--web.listen-address={}", listen(9104)?);
            with(MYSQLD_EXPORTER.program, vec![], vec![listen.into()]).map(Some)
        }
        "redis_exporter" => {
            let listen = format!("--web.listen-address={}", listen(9121)?);
            with(REDIS_EXPORTER.program, vec![], vec![listen.into()]).map(Some)
        }
        "grafana" => Ok(None),
        other => bail!("nothing stands in for the image {other}"),
    }
}

fn with(program: &str, first: Vec<OsString>, last: Vec<OsString>) -> Result<StandIn> {
    let found = find_program(program);
    Ok(StandIn {
        program: found.with_context(|| format!("{program} is not installed"))?,
        first,
        last,
    })
}
