//! The mail sink as a process.

use crate::helpers::{Scratch, eventually, xtask};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use xtask::supervisor::probe::Probe;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[test]
fn a_mail_that_is_sent_is_in_the_inbox() {
    let scratch = Scratch::new();
    let (smtp, web) = (free_port(), free_port());
    let ports = [smtp.to_string(), web.to_string()];
    let mut sink = xtask(&scratch.path("data"))
        .args(["sink", "--smtp", &ports[0], "--web", &ports[1]])
        .spawn()
        .unwrap();
    eventually("the sink", || {
        Probe::Http {
            port: web,
            path: "/healthz",
        }
        .is_ready()
    });

    let mut stream = TcpStream::connect(("127.0.0.1", smtp)).unwrap();
    let mail = "EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n\
        From: a@x.example\r\nTo: b@y.example\r\nSubject: Booked\r\n\r\nSeats: 2\r\n.\r\nQUIT\r\n";
    stream.write_all(mail.as_bytes()).unwrap();
    let last = BufReader::new(&stream).lines().last().unwrap().unwrap();
    assert_eq!(last, "221 bye");

    let mut stream = TcpStream::connect(("127.0.0.1", web)).unwrap();
    stream
        .write_all(b"GET /email HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let mails: serde_json::Value =
        serde_json::from_str(reply.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(mails[0]["subject"], "Booked");
    assert_eq!(mails[0]["to"][0]["address"], "b@y.example");
    sink.kill().unwrap();
    sink.wait().unwrap();
}
