//! Whether a part answers, asked the cheapest honest way.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(1);
const LONGEST_REPLY: u64 = 1 << 20;

/// How to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// `GET path` on a loopback port answers 200.
    Http {
        /// The port.
        port: u16,
        /// The path.
        path: &'static str,
    },
    /// The server greets whoever connects to its socket.
    Mariadb(PathBuf),
    /// The server on a loopback port answers PING, or says that it wants a password.
    Redis(u16),
    /// A file exists (for children in tests).
    File(PathBuf),
}

impl Probe {
    /// Asks once; at most a second or two.
    pub fn is_ready(&self) -> bool {
        match self {
            Self::Http { port, path } => http_status(*port, &get(path), TIMEOUT) == Some(200),
            Self::Mariadb(socket) => greets(socket).unwrap_or(false),
            Self::Redis(port) => pongs(*port).unwrap_or(false),
            Self::File(file) => file.exists(),
        }
    }
}

/// The status of the answer to a whole HTTP/1.0 request.
pub fn http_status(port: u16, request: &str, timeout: Duration) -> Option<u16> {
    status(&http_reply(port, request, timeout)?)
}

/// The status and the body of the answer to `GET path`.
pub fn http_get(port: u16, path: &str) -> Option<(u16, String)> {
    let reply = http_reply(port, &get(path), TIMEOUT)?;
    let (_, body) = reply.split_once("\r\n\r\n")?;
    Some((status(&reply)?, body.to_owned()))
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
}

fn http_reply(port: u16, request: &str, timeout: Duration) -> Option<String> {
    let mut stream = connect(port).ok()?;
    stream.set_read_timeout(Some(timeout)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut reply = Vec::new();
    // Read to its end, so that the server sees a clean close; a late body changes nothing.
    let _ = stream.take(LONGEST_REPLY).read_to_end(&mut reply);
    Some(String::from_utf8_lossy(&reply).into_owned())
}

fn status(reply: &str) -> Option<u16> {
    reply.split(' ').nth(1)?.parse().ok()
}

/// A greeting packet: 3 bytes length, 1 byte sequence 0, then protocol 10; an error (too many
/// connections) has 255 there.
fn greets(socket: &PathBuf) -> std::io::Result<bool> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut packet = [0; 5];
    stream.read_exact(&mut packet)?;
    Ok(packet[4] == 10)
}

fn pongs(port: u16) -> std::io::Result<bool> {
    let mut stream = connect(port)?;
    stream.write_all(b"PING\r\n")?;
    let mut reply = [0; 5];
    stream.read_exact(&mut reply)?;
    Ok(reply.starts_with(b"+PONG") || reply.starts_with(b"-NOAU"))
}

fn connect(port: u16) -> std::io::Result<TcpStream> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    Ok(stream)
}
