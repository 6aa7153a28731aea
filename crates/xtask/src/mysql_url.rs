//! Addresses of a MySQL or MariaDB server: `mysql://user:password@host:port/schema?socket=/path`.

use crate::process::{find_program, guarded};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A server and the account that may create schemas and users on it.
#[derive(Clone, PartialEq, Eq)]
pub struct MysqlServer {
    user: String,
    password: String,
    host: String,
    port: u16,
    socket: Option<PathBuf>,
    /// What else stood behind the `?`, kept for the services.
    options: Vec<String>,
}

impl MysqlServer {
    /// Our private server: root without a password, reachable only through its socket.
    pub fn private(socket: PathBuf) -> Self {
        Self {
            user: "root".to_owned(),
            password: String::new(),
            host: "localhost".to_owned(),
            port: 3306,
            socket: Some(socket),
            options: Vec::new(),
        }
    }

    /// Reads a URL. The schema in it, if any, is not used.
    pub fn parse(url: &str) -> Result<Self> {
        let rest = url
            .strip_prefix("mysql://")
            .or_else(|| url.strip_prefix("mariadb://"));
        let rest = rest.context("must start with mysql://")?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (place, _schema) = place.split_once('/').unwrap_or((place, ""));
        let (login, address) = place
            .rsplit_once('@')
            .context("must name a user: mysql://user@host")?;
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().context("the port must be a number")?),
            None => (address, 3306),
        };
        let (sockets, options): (Vec<_>, Vec<_>) = query
            .split('&')
            .filter(|o| !o.is_empty())
            .partition(|o| o.starts_with("socket="));
        let socket = sockets
            .first()
            .map(|option| decode(&option["socket=".len()..]))
            .transpose()?;
        Ok(Self {
            user: decode(user)?,
            password: decode(password)?,
            host: host.to_owned(),
            port,
            socket: socket.map(PathBuf::from),
            options: options.into_iter().map(str::to_owned).collect(),
        })
    }

    /// The URL for an account of ours on this server. `password` needs no escaping (`secrets`).
    pub fn url(&self, user: &str, password: &str, schema: &str) -> String {
        format!(
            "mysql://{user}:{password}@{}/{schema}{}",
            self.address(),
            self.query()
        )
    }

    /// The address without any login, for people.
    pub fn public_url(&self) -> String {
        format!("mysql://{}/{}", self.address(), self.query())
    }

    /// The address for the owner of the server, as `parse` reads it.
    pub fn owner_url(&self) -> String {
        let login = format!("{}:{}", encode(&self.user), encode(&self.password));
        format!("mysql://{login}@{}/{}", self.address(), self.query())
    }

    /// The host part that accounts of ours get: a socket is always `localhost`.
    pub fn account_host(&self) -> &'static str {
        if self.socket.is_some() {
            "localhost"
        } else {
            "%"
        }
    }

    /// Where it listens, when not on a socket.
    pub fn host_and_port(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Where it listens, when not on the network.
    pub fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    /// The command line client, logged in.
    pub fn client(&self) -> Result<Command> {
        let program = find_program("mariadb").or_else(|| find_program("mysql"));
        let mut command = guarded(program.context("no mariadb client on the PATH")?);
        command.args([
            "--no-defaults",
            "--batch",
            "--skip-column-names",
            "--user",
            &self.user,
        ]);
        command.env("MYSQL_PWD", &self.password);
        match &self.socket {
            Some(socket) => command.arg("--socket").arg(socket),
            None => command
                .args(["--protocol=tcp", "--host", &self.host])
                .arg(format!("--port={}", self.port)),
        };
        Ok(command)
    }

    /// The login as an option file of the command line programs. TLS only where they must have it:
    /// MariaDB's and MySQL's call it differently, and pass over each other's name.
    pub fn option_file(&self) -> String {
        let quoted = |text: &str| {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{}\"", escaped.replace('\n', "\\n"))
        };
        let mut lines = vec![
            "[client]".to_owned(),
            format!("user={}", quoted(&self.user)),
            format!("password={}", quoted(&self.password)),
        ];
        match &self.socket {
            Some(socket) => lines.push(format!("socket={}", quoted(&socket.to_string_lossy()))),
            None => lines.extend([
                "protocol=tcp".to_owned(),
                format!("host={}", quoted(&self.host)),
                format!("port={}", self.port),
            ]),
        }
        for option in &self.options {
            match option.split_once('=') {
                Some(("ssl-mode", mode)) if !["DISABLED", "PREFERRED"].contains(&mode) => {
                    lines.extend(["loose-ssl".to_owned(), format!("loose-ssl-mode={mode}")]);
                    if mode.starts_with("VERIFY") {
                        lines.push("loose-ssl-verify-server-cert".to_owned());
                    }
                }
                Some(("ssl-ca", file)) => lines.push(format!("ssl-ca={}", quoted(file))),
                _ => {}
            }
        }
        lines.join("\n") + "\n"
    }

    /// The same as a line to paste, which asks for the password where there is one.
    pub fn client_for_people(&self) -> String {
        let place = match &self.socket {
            Some(socket) => format!("--socket '{}'", socket.display()),
            None => format!("--host {} --port {}", self.host, self.port),
        };
        let password = if self.password.is_empty() {
            ""
        } else {
            " --password"
        };
        format!(
            "mariadb --no-defaults {place} --user '{}'{password}",
            self.user
        )
    }

    fn address(&self) -> String {
        if self.socket.is_some() {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    fn query(&self) -> String {
        let socket = self
            .socket
            .iter()
            .map(|path| format!("socket={}", encode(&path.to_string_lossy())));
        let all: Vec<String> = socket.chain(self.options.iter().cloned()).collect();
        if all.is_empty() {
            String::new()
        } else {
            format!("?{}", all.join("&"))
        }
    }
}

impl std::fmt::Debug for MysqlServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.public_url())
    }
}

/// Percent-encodes what is not plain in a URL; slashes stay readable.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let pair = [rest.next().unwrap_or(b' '), rest.next().unwrap_or(b' ')];
        let code = std::str::from_utf8(&pair)
            .ok()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let Some(code) = code else {
            bail!("a % must be followed by two hex digits")
        };
        bytes.push(code);
    }
    String::from_utf8(bytes).context("not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_url_survives_the_round_trip() {
        let server = MysqlServer::private("/w/a b/m.sock".into());
        assert_eq!(MysqlServer::parse(&server.owner_url()).unwrap(), server);
        assert_eq!(
            server.url("me", "pw", "s"),
            "mysql://me:pw@localhost/s?socket=/w/a%20b/m.sock"
        );
        assert_eq!(server.account_host(), "localhost");
    }

    #[test]
    fn a_tcp_url_keeps_its_port_and_options() {
        let server = MysqlServer::parse("mysql://root:p%40ss@db:3307/x?ssl-mode=REQUIRED").unwrap();
        assert_eq!(server.password, "p@ss");
        assert_eq!(
            server.url("me", "pw", "s"),
            "mysql://me:pw@db:3307/s?ssl-mode=REQUIRED"
        );
        assert_eq!(server.account_host(), "%");
        assert!(!format!("{server:?}").contains("p@ss"));
    }

    #[test]
    fn an_option_file_keeps_quotes_and_asks_for_tls_where_it_must() {
        let url = "mysql://me:a%22b%5Cc%0Ad@db/?ssl-mode=VERIFY_CA&ssl-ca=/ca.pem";
        let file = MysqlServer::parse(url).unwrap().option_file();
        assert_eq!(
            file,
            "[client]\nuser=\"me\"\npassword=\"a\\\"b\\\\c\\nd\"\nprotocol=tcp\nhost=\"db\"\nport=3306\n\
             loose-ssl\nloose-ssl-mode=VERIFY_CA\nloose-ssl-verify-server-cert\nssl-ca=\"/ca.pem\"\n"
        );
        let preferred = MysqlServer::parse("mysql://me@db/?ssl-mode=PREFERRED").unwrap();
        assert!(!preferred.option_file().contains("ssl"));
    }

    #[test]
    fn a_bad_url_says_what_is_wrong() {
        for bad in [
            "postgres://x@y",
            "mysql://host/schema",
            "mysql://u@h:port",
            "mysql://u:%zz@h",
        ] {
            assert!(MysqlServer::parse(bad).is_err(), "{bad}");
        }
    }
}
