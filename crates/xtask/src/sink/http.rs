//! The inbox over HTTP: `GET /email` (all mails), `GET /email/{id}`, `DELETE /email/all`, a page.

use super::Inbox;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Answers one request and closes.
pub fn answer(stream: TcpStream, inbox: &Inbox) -> std::io::Result<()> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let path = target.split('?').next().unwrap_or("");
    let (status, kind, body) = route(method, path, inbox);
    write!(
        &stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )?;
    (&stream).flush()
}

fn route(method: &str, path: &str, inbox: &Inbox) -> (&'static str, &'static str, String) {
    let found = |body: Value| ("200 OK", "application/json", body.to_string());
    match (method, path) {
        ("GET", "/email") => found(inbox.with(|mails| Value::Array(mails.clone()))),
        ("GET", "/healthz") => found(json!(true)),
        ("DELETE", "/email/all") => {
            inbox.with(Vec::clear);
            found(json!(true))
        }
        ("GET", "/") => ("200 OK", "text/html", page(inbox)),
        ("GET", _) => {
            let id = path.strip_prefix("/email/").unwrap_or("");
            let mail = inbox.with(|mails| mails.iter().find(|mail| mail["id"] == id).cloned());
            mail.map_or(
                ("404 Not Found", "application/json", "{}".to_owned()),
                found,
            )
        }
        _ => (
            "405 Method Not Allowed",
            "application/json",
            "{}".to_owned(),
        ),
    }
}

fn page(inbox: &Inbox) -> String {
    let row = |mail: &Value| {
        let text = |value: &Value| escape(value.as_str().unwrap_or(""));
        format!(
            "<details><summary>{} &mdash; {}</summary><pre>{}</pre></details>",
            text(&mail["to"][0]["address"]),
            text(&mail["subject"]),
            text(&mail["text"])
        )
    };
    let rows: String = inbox.with(|mails| mails.iter().rev().map(row).collect());
    format!("<!doctype html><title>Mails</title><h1>Mails</h1>{rows}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
