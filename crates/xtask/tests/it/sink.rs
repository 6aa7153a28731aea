//! The mail sink as a process.

use crate::helpers::{Scratch, eventually, free_offset, xtask};
use crate::http;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::Child;
use xtask::supervisor::probe::Probe;

/// A sink as a process, ended with this value.
struct Sink {
    process: Child,
    smtp: u16,
    web: u16,
}

impl Sink {
    /// Another may take a port before the sink does: then it ends at once, and gets others.
    fn start(scratch: &Scratch) -> Self {
        loop {
            let (offset, []) = free_offset([]);
            let (smtp, web) = (1025 + offset, 1080 + offset);
            let [smtp_text, web_text] = [smtp, web].map(|port| port.to_string());
            let mut process = xtask(&scratch.path("data"))
                .args(["sink", "--smtp", &smtp_text, "--web", &web_text])
                .spawn()
                .unwrap();
            let path = "/healthz";
            let probe = Probe::Http { port: web, path };
            eventually("it answers or ends", || {
                probe.is_ready() || process.try_wait().unwrap().is_some()
            });
            if process.try_wait().unwrap().is_none() {
                return Self { process, smtp, web };
            }
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_mail_that_is_sent_is_in_the_inbox() {
    let scratch = Scratch::new();
    let sink = Sink::start(&scratch);
    let mut stream = TcpStream::connect(("127.0.0.1", sink.smtp)).unwrap();
    let mail = "EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n\
        From: a@x.example\r\nTo: b@y.example\r\nSubject: Booked\r\n\r\nSeats: 2\r\n.\r\nQUIT\r\n";
    stream.write_all(mail.as_bytes()).unwrap();
    let last = BufReader::new(&stream).lines().last().unwrap().unwrap();
    assert_eq!(last, "221 bye");

    let (status, mails) = http::get(sink.web, "/email");
    assert_eq!(
        (status, mails[0]["subject"].as_str()),
        (200, Some("Booked"))
    );
}
