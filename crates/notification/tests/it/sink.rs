//! A mail server (RFC 5321) that does what a test tells it and keeps what it accepts.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How the server treats a mail.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    Accept,
    /// Answers the recipient with this code.
    Refuse(u16),
    /// Keeps the mail, and says so only after this long.
    AcceptAfter(Duration),
    /// Answers the mail itself with this code after this long.
    RefuseAfter(Duration, u16),
    /// Keeps the mail and hangs up without a word.
    HangUpAfterData,
}

#[derive(Clone, Debug)]
pub struct Mail {
    pub recipient: String,
    pub raw: String,
}

impl Mail {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        let prefix = format!("{}:", name.to_lowercase());
        let found = head
            .split("\r\n")
            .find(|line| line.to_lowercase().starts_with(&prefix))?;
        Some(found[prefix.len()..].trim().to_owned())
    }
}

#[derive(Default)]
struct Book {
    mails: Vec<Mail>,
    /// For the next mails; after that the manner is the usual one.
    next: VecDeque<Manner>,
    usual: Option<Manner>,
    /// Whether new connections are left without a greeting.
    silent: bool,
    greeted_or_not: usize,
}

pub struct Sink {
    pub address: SocketAddr,
    book: Arc<Mutex<Book>>,
    server: JoinHandle<()>,
}

impl Sink {
    pub async fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let book = Arc::<Mutex<Book>>::default();
        let shared = Arc::clone(&book);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let book = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _ = converse(stream, &book).await;
                });
            }
        });
        Self {
            address,
            book,
            server,
        }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.book.lock().expect("unpoisoned").mails.clone()
    }

    pub fn connections(&self) -> usize {
        self.book.lock().expect("unpoisoned").greeted_or_not
    }

    pub fn next(&self, manner: Manner) {
        self.book.lock().expect("unpoisoned").next.push_back(manner);
    }

    pub fn usually(&self, manner: Manner) {
        self.book.lock().expect("unpoisoned").usual = Some(manner);
    }

    pub fn be_silent(&self, silent: bool) {
        self.book.lock().expect("unpoisoned").silent = silent;
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn converse(stream: TcpStream, book: &Mutex<Book>) -> std::io::Result<()> {
    let silent = {
        let mut book = book.lock().expect("unpoisoned");
        book.greeted_or_not += 1;
        book.silent
    };
    if silent {
        std::future::pending::<()>().await;
    }
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    writing.write_all(b"220 sink.test\r\n").await?;
    let mut recipient = String::new();
    let mut manner = Manner::Accept;
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_owned();
        let verb = command
            .split([' ', ':'])
            .next()
            .unwrap_or("")
            .to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-sink.test\r\n250 8BITMIME".to_owned(),
            "MAIL" => {
                let mut book = book.lock().expect("unpoisoned");
                let usual = book.usual.unwrap_or(Manner::Accept);
                manner = book.next.pop_front().unwrap_or(usual);
                "250 go on".to_owned()
            }
            "RCPT" => {
                recipient = command
                    .split(['<', '>'])
                    .nth(1)
                    .unwrap_or_default()
                    .to_owned();
                match manner {
                    Manner::Refuse(code) => format!("{code} no"),
                    _ => "250 go on".to_owned(),
                }
            }
            "DATA" => {
                writing.write_all(b"354 go on\r\n").await?;
                let raw = read_data(&mut reading).await?;
                let mail = Mail {
                    recipient: recipient.clone(),
                    raw,
                };
                match take(mail, manner, book).await {
                    Some(answer) => answer,
                    None => return Ok(()),
                }
            }
            "QUIT" => {
                writing.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 fine".to_owned(),
        };
        writing
            .write_all(format!("{answer}\r\n").as_bytes())
            .await?;
    }
}

async fn read_data(reading: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(&line);
    }
}

async fn take(mail: Mail, manner: Manner, book: &Mutex<Book>) -> Option<String> {
    let keep = |mail| book.lock().expect("unpoisoned").mails.push(mail);
    let accepted = Some("250 accepted".to_owned());
    match manner {
        Manner::Accept | Manner::Refuse(_) => {
            keep(mail);
            accepted
        }
        Manner::AcceptAfter(pause) => {
            keep(mail);
            tokio::time::sleep(pause).await;
            accepted
        }
        Manner::RefuseAfter(pause, code) => {
            tokio::time::sleep(pause).await;
            Some(format!("{code} no"))
        }
        Manner::HangUpAfterData => {
            keep(mail);
            None
        }
    }
}
