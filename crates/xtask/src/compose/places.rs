//! Where on this machine things are that a container would have for itself: its addresses are
//! loopback ports, its files lie in a folder.

use super::file::{Compose, Service};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// Where containers see their secrets.
const SECRETS: &str = "/run/secrets";
/// Files of this kind may name addresses.
const TEXTS: [&str; 5] = ["yml", "yaml", "json", "sh", "conf"];

/// The addresses of all services and the files of each.
#[derive(Debug)]
pub struct Places {
    folder: PathBuf,
    /// Service and port inside; port on loopback.
    ports: BTreeMap<(String, u16), u16>,
    /// Other names of services: fixed addresses.
    aliases: BTreeMap<String, String>,
}

impl Places {
    /// Finds a free port for each that a service listens on. Those found are held until all are.
    pub fn find(compose: &Compose, folder: &Path) -> Result<Self> {
        let mut ports = BTreeMap::new();
        let mut aliases = BTreeMap::new();
        let mut held = vec![];
        for (name, service) in &compose.services {
            for port in service
                .listens_on()
                .with_context(|| format!("service {name}"))?
            {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                ports.insert((name.clone(), port), listener.local_addr()?.port());
                held.push(listener);
            }
            for address in service.addresses() {
                aliases.insert(address.to_owned(), name.clone());
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            ports,
            aliases,
        })
    }

    /// Where a service's port is on loopback.
    pub fn port(&self, service: &str, inside: u16) -> Option<u16> {
        let service = self.aliases.get(service).map_or(service, String::as_str);
        self.ports.get(&(service.to_owned(), inside)).copied()
    }

    /// The folder that stands for a service's root.
    pub fn root(&self, service: &str) -> PathBuf {
        self.folder.join(service)
    }

    /// Makes the files that a service sees: its secrets and volumes, with our addresses in them.
    pub fn furnish(
        &self,
        name: &str,
        service: &Service,
        compose: &Compose,
        base: &Path,
    ) -> Result<()> {
        let inside = |path: &str| self.root(name).join(path.trim_start_matches('/'));
        fs::create_dir_all(inside(SECRETS))?;
        for secret in &service.secrets {
            let file = compose.secrets.get(secret);
            let file =
                file.with_context(|| format!("service {name}: there is no secret {secret}"))?;
            let text = fs::read_to_string(base.join(file))
                .with_context(|| format!("secret {secret}: cannot read {file}"))?;
            let text = self
                .moved(name, service, &text)
                .with_context(|| format!("secret {secret}"))?;
            fs::write(inside(SECRETS).join(secret), text)?;
        }
        for (source, target) in service.mounts()? {
            match source.starts_with(['.', '/']) {
                true => self
                    .copy(name, service, &base.join(source), &inside(target))
                    .with_context(|| format!("service {name}: volume {source}"))?,
                false => fs::create_dir_all(inside(target))?,
            }
        }
        Ok(())
    }

    fn copy(&self, name: &str, service: &Service, source: &Path, target: &Path) -> Result<()> {
        if source.is_dir() {
            fs::create_dir_all(target)?;
            for entry in fs::read_dir(source)? {
                let entry = entry?;
                self.copy(
                    name,
                    service,
                    &entry.path(),
                    &target.join(entry.file_name()),
                )?;
            }
            return Ok(());
        }
        fs::create_dir_all(target.parent().context("a file has a folder")?)?;
        let is_text = source
            .extension()
            .is_some_and(|kind| TEXTS.iter().any(|text| kind == *text));
        if !is_text {
            fs::copy(source, target)?;
            return Ok(());
        }
        let text = fs::read_to_string(source)?;
        let text = self.moved(name, service, &text);
        fs::write(target, text.with_context(|| source.display().to_string())?)?;
        Ok(())
    }

    /// A text of a service with its files and everybody's addresses moved here. An address that
    /// nobody has is an error.
    pub fn moved(&self, name: &str, service: &Service, text: &str) -> Result<String> {
        let mut text = self.with_our_files(name, service, text)?;
        for (host, port) in addresses(&text) {
            if host == "127.0.0.1" || host == "localhost" {
                continue;
            }
            let ours = self.address(name, &host, port)?;
            text = replace_word(&text, &format!("{host}:{port}"), &ours);
        }
        self.with_our_option_file(name, text)
    }

    fn with_our_option_file(&self, name: &str, text: String) -> Result<String> {
        let Some((host, port)) = of_option_file(&text) else {
            return Ok(text);
        };
        let ours = self.address(name, &host, port)?;
        let (ip, our_port) = ours.split_once(':').context("it is an address")?;
        let text = replace_word(&text, &format!("host={host}"), &format!("host={ip}"));
        let port = format!("port={port}");
        Ok(replace_word(&text, &port, &format!("port={our_port}")))
    }

    /// The same for what runs inside of the service: there a port alone is its own.
    pub fn moved_inside(&self, name: &str, service: &Service, text: &str) -> Result<String> {
        let mut text = self.with_our_files(name, service, text)?;
        for port in service.listens_on()? {
            let ours = self.port(name, port).context("it was found")?;
            text = replace_word(&text, &port.to_string(), &ours.to_string());
        }
        Ok(text)
    }

    fn with_our_files(&self, name: &str, service: &Service, text: &str) -> Result<String> {
        let mut targets: Vec<_> = service
            .mounts()?
            .iter()
            .map(|(_, target)| *target)
            .collect();
        targets.push(SECRETS);
        targets.sort_by_key(|target| std::cmp::Reverse(target.len()));
        let root = self.root(name);
        let moved = targets.iter().fold(text.to_owned(), |text, target| {
            replace_word(&text, target, &format!("{}{target}", root.display()))
        });
        Ok(moved)
    }

    fn address(&self, asking: &str, host: &str, port: u16) -> Result<String> {
        let host = if host == "0.0.0.0" { asking } else { host };
        if let Some(port) = self.port(host, port) {
            return Ok(format!("127.0.0.1:{port}"));
        }
        let mine = self.ports.keys().filter(|(service, _)| service == host);
        let mine: Vec<_> = mine.map(|(_, port)| port.to_string()).collect();
        ensure!(!mine.is_empty(), "{host}:{port}: nobody is called {host}");
        bail!("{host}:{port}: {host} listens on {}", mine.join(", "))
    }
}

/// All `host:port` of a text: host names, or addresses of version 4.
fn addresses(text: &str) -> Vec<(String, u16)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    let words = text.split(|c| !is_part(c));
    words
        .filter_map(|word| {
            let (host, port) = word.trim_matches(['.', ':']).split_once(':')?;
            let port = port.parse().ok().filter(|port| *port > 0)?;
            let is_name = host.chars().next()?.is_ascii_lowercase() && !host.contains('_');
            let is_address = host.parse::<std::net::Ipv4Addr>().is_ok();
            (is_name || is_address).then(|| (host.to_owned(), port))
        })
        .collect()
}

/// The server that an option file of MySQL's clients names, in two lines.
fn of_option_file(text: &str) -> Option<(String, u16)> {
    let value = |key| text.lines().find_map(|line| line.strip_prefix(key));
    Some((value("host=")?.to_owned(), value("port=")?.parse().ok()?))
}

/// Replaces what stands by itself: not a part of a longer path, name or number.
fn replace_word(text: &str, from: &str, to: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let before_it = before.chars().last().or_else(|| replaced.chars().last());
        let joins = before_it.is_some_and(|c| is_part(c) || (from.starts_with('/') && c == '/'));
        let goes_on = after.chars().next().is_some_and(is_part);
        replaced += before;
        replaced += if joins || goes_on { from } else { to };
        rest = after;
    }
    replaced + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
services:
  a:
    image: x/y:1
    networks: { inner: { ipv4_address: 10.0.0.2 } }
    expose: ['5001']
    ports: ['127.0.0.1:80:5000']
    volumes: ['./data:/etc/a:ro', 'store:/a']
  b: { image: x, networks: [inner], expose: ['3306'] }
secrets: {}
";

    fn places() -> (Compose, Places) {
        let compose = Compose::read(FILE, &BTreeMap::new()).unwrap();
        let places = Places::find(&compose, Path::new("/here")).unwrap();
        (compose, places)
    }

    #[test]
    fn addresses_and_files_move_to_this_machine() {
        let (compose, places) = places();
        let a = &compose.services["a"];
        let [web, metrics] = [5000, 5001].map(|port| places.port("a", port).unwrap());
        let mysql = places.port("b", 3306).unwrap();
        let moved = |text: &str| places.moved("a", a, text).unwrap();
        assert_eq!(
            moved("mysql://u:p@b:3306/s, http://b:3306"),
            format!("mysql://u:p@127.0.0.1:{mysql}/s, http://127.0.0.1:{mysql}")
        );
        assert_eq!(
            moved("[client]\nhost=b\nport=3306\nuser=b"),
            format!("[client]\nhost=127.0.0.1\nport={mysql}\nuser=b")
        );
        assert_eq!(moved("10.0.0.2:5001"), format!("127.0.0.1:{metrics}"));
        assert_eq!(moved("0.0.0.0:5000"), format!("127.0.0.1:{web}"));
        assert_eq!(
            moved("/etc/a/b.yml /a /run/secrets/s /b/a"),
            "/here/a/etc/a/b.yml /here/a/a /here/a/run/secrets/s /b/a"
        );
        assert_eq!(
            places.moved_inside("a", a, "-p 5000 x=50000").unwrap(),
            format!("-p {web} x=50000")
        );
    }

    #[test]
    fn an_address_that_nobody_has_is_named() {
        let (compose, places) = places();
        let fault = |text: &str| {
            let moved = places.moved("a", &compose.services["a"], text);
            moved.unwrap_err().to_string()
        };
        assert_eq!(fault("http://c:80"), "c:80: nobody is called c");
        let option_file = fault("host=c\nport=80\n");
        assert_eq!(option_file, "c:80: nobody is called c");
        assert_eq!(fault("['b:3307']"), "b:3307: b listens on 3306");
    }
}
