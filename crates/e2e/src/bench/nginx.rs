//! nginx as one process, to compare with and to stand behind the gateway.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::bail;

use crate::stack::{
    find, ports,
    process::{Launch, Process},
};

/// A running nginx with one worker, which is the process itself: without a master nothing is left
/// when it is killed.
pub struct Nginx {
    /// Where it listens.
    pub address: SocketAddr,
    process: Process,
}

impl Nginx {
    /// Whether it is installed.
    pub fn is_there() -> bool {
        find("nginx").is_ok()
    }

    /// Starts one in a folder of its own, with these directives in `http` and in `location /`.
    pub fn start(folder: &Path, name: &str, http: &str, location: &str) -> anyhow::Result<Self> {
        let folder = folder.join(format!("nginx-{name}"));
        fs::create_dir_all(&folder)?;
        let port = ports::free()?;
        fs::write(folder.join("nginx.conf"), config(port, http, location))?;
        let launch = Launch {
            name: format!("nginx {name}"),
            program: find("nginx")?,
            arguments: ["-p", &folder.display().to_string(), "-c", "nginx.conf"]
                .map(str::to_owned)
                .to_vec(),
            environment: vec![],
            log: folder.join("nginx.log"),
        };
        let mut process = launch.start()?;
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if process.ended()?.is_some() || Instant::now() > deadline {
                bail!("{} does not start:\n{}", launch.name, launch.last_lines());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            process,
        })
    }

    /// One that hands every request on to `back`, on connections that are kept.
    pub fn before(folder: &Path, name: &str, back: &Self, more: &str) -> anyhow::Result<Self> {
        let http = format!(
            "upstream back {{ server {}; keepalive 128; keepalive_requests 100000000; }} {more}",
            back.address
        );
        let location = "proxy_pass http://back; proxy_http_version 1.1; \
                        proxy_set_header Connection \"\";";
        Self::start(folder, name, &http, location)
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }
}

fn config(port: u16, http: &str, location: &str) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {kind}; "))
        .concat();
    let user = match rustix::process::geteuid().is_root() {
        true => "user root; ",
        false => "",
    };
    format!(
        "daemon off; master_process off; {user}pid nginx.pid; error_log stderr error;
         events {{ worker_connections 1024; }}
         http {{ access_log off; {temporary} tcp_nodelay on; keepalive_requests 100000000;
           {http}
           server {{ listen 127.0.0.1:{port}; location / {{ {location} }} }} }}"
    )
}
