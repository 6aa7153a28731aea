//! nginx before nginx with a static reply: what a proxy and a server cost at least, on this
//! machine, now.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::bail;

use super::{
    http1,
    load::{self, Measured, Script},
};
use crate::stack::{
    find, ports,
    process::{Launch, Process},
};

/// Two nginx processes, one before the other.
pub struct Yardstick {
    /// The one in front.
    pub front: SocketAddr,
    folder: std::path::PathBuf,
    _processes: [Process; 2],
}

impl Yardstick {
    /// Starts them, or `None` where nginx is not installed.
    pub fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        let Ok(program) = find("nginx") else {
            return Ok(None);
        };
        let folder = folder.join("nginx");
        fs::create_dir_all(folder.join("www"))?;
        let (back, front) = (ports::free()?, ports::free()?);
        let serve = "root www; default_type application/json; open_file_cache max=16;";
        let pass = "proxy_pass http://back; proxy_http_version 1.1; \
                    proxy_set_header Connection \"\";";
        let upstream = format!(
            "upstream back {{ server 127.0.0.1:{back}; keepalive 128; keepalive_requests 100000000; }}"
        );
        let processes = [
            start_one(&program, &folder, "back", back, "", serve)?,
            start_one(&program, &folder, "front", front, &upstream, pass)?,
        ];
        let front = SocketAddr::from(([127, 0, 0, 1], front));
        Ok(Some(Self {
            front,
            folder,
            _processes: processes,
        }))
    }

    /// Closed-loop load of a reply of so many bytes.
    pub async fn measure(
        &self,
        bytes: usize,
        connections: usize,
        length: Duration,
    ) -> anyhow::Result<Measured> {
        let name = format!("reply-{bytes}");
        fs::write(self.folder.join("www").join(&name), "x".repeat(bytes))?;
        let script = |_| {
            let path = format!("/{name}");
            Script {
                next: Box::new(move |out| {
                    http1::write(out, "GET", &path, "", "");
                    true
                }),
                check: Box::new(move |status, body| status == 200 && body.len() == bytes),
            }
        };
        load::run(self.front, (0..connections).map(script).collect(), length).await
    }
}

/// One process without a master, so that nothing is left when it is killed.
fn start_one(
    program: &Path,
    folder: &Path,
    name: &str,
    port: u16,
    upstream: &str,
    location: &str,
) -> anyhow::Result<Process> {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {name}-{kind}; "))
        .concat();
    let user = match rustix::process::geteuid().is_root() {
        true => "user root; ",
        false => "",
    };
    let config = format!(
        "daemon off; master_process off; {user}pid {name}.pid; error_log stderr error;
         events {{ worker_connections 1024; }}
         http {{ access_log off; {temporary} tcp_nodelay on; keepalive_requests 100000000;
           {upstream}
           server {{ listen 127.0.0.1:{port}; location / {{ {location} }} }} }}"
    );
    let file = folder.join(format!("{name}.conf"));
    fs::write(&file, config)?;
    let launch = Launch {
        name: format!("nginx {name}"),
        program: program.to_owned(),
        arguments: vec![
            "-p".to_owned(),
            folder.display().to_string(),
            "-c".to_owned(),
            file.display().to_string(),
        ],
        environment: vec![],
        log: folder.join(format!("{name}.log")),
    };
    let mut process = launch.start()?;
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if process.ended()?.is_some() || Instant::now() > deadline {
            bail!("{} does not start:\n{}", launch.name, launch.last_lines());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(process)
}
