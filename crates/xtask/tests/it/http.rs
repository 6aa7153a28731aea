//! As much of an HTTP client as the tests need.

use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// The status, and the body where it is JSON.
pub fn get(port: u16, path: &str) -> (u16, Value) {
    get_as(port, path, "")
}

/// The same, signed in when `token` is not empty.
pub fn get_as(port: u16, path: &str, token: &str) -> (u16, Value) {
    let login = login(token);
    ask(
        port,
        &format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n{login}\r\n"),
    )
}

/// The same for a POST, signed in when `token` is not empty.
pub fn post(port: u16, path: &str, token: &str, body: &Value) -> (u16, Value) {
    post_once(port, path, token, "", body)
}

/// The same with an idempotency key, when `key` is not empty.
pub fn post_once(port: u16, path: &str, token: &str, key: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let login = login(token);
    let key = match key {
        "" => String::new(),
        key => format!("Idempotency-Key: {key}\r\n"),
    };
    let length = body.len();
    ask(
        port,
        &format!(
            "POST {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n{login}{key}\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    )
}

/// Of `http://127.0.0.1:port/path`.
pub fn port_and_path(url: &str) -> (u16, String) {
    let rest = url.strip_prefix("http://127.0.0.1:").unwrap();
    let (port, path) = rest.split_once('/').unwrap();
    (port.parse().unwrap(), format!("/{path}"))
}

fn login(token: &str) -> String {
    match token {
        "" => String::new(),
        token => format!("Authorization: Bearer {token}\r\n"),
    }
}

fn ask(port: u16, request: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}
