//! An SMTP server that accepts every mail and keeps it, but for recipients `refused..`. Plain
//! threads, so that it belongs to no runtime and outlives the test that started it.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A mail as it was accepted.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Without the angle brackets.
    pub message_id: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body as received.
    pub text: String,
}

/// The server; it stops when this is dropped.
pub struct Sink {
    /// It listens on this loopback port.
    pub port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    stop: Arc<AtomicBool>,
}

impl Sink {
    /// Starts it on a free port.
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", super::ports::free()?))?;
        let port = listener.local_addr()?.port();
        let mails = Arc::new(Mutex::new(vec![]));
        let stop = Arc::new(AtomicBool::new(false));
        let (kept, stopped) = (Arc::clone(&mails), Arc::clone(&stop));
        std::thread::spawn(move || accept(&listener, &kept, &stopped));
        Ok(Self { port, mails, stop })
    }

    /// All mails so far.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.mails).clone()
    }

    /// The mails to this address whose subject has these words.
    pub fn mails_about(&self, words: &str, address: &str) -> Vec<Mail> {
        let mails = lock(&self.mails);
        let wanted =
            |mail: &&Mail| mail.to.iter().any(|to| to == address) && mail.subject().contains(words);
        mails.iter().filter(wanted).cloned().collect()
    }
}

impl Mail {
    /// The subject, as long as it is one line of ASCII.
    pub fn subject(&self) -> &str {
        let found = self
            .text
            .lines()
            .find_map(|line| line.strip_prefix("Subject: "));
        found.unwrap_or_default().trim()
    }

    /// The token of the link in it, or nothing. A line may be broken anywhere by `=`, and `=` is
    /// `=3D` (RFC 2045, quoted-printable).
    pub fn token(&self) -> String {
        let text = self.text.replace("=\r\n", "").replace("=3D", "=");
        let token = text.split_once("?token=").map_or("", |(_, rest)| rest);
        let ends = |letter: char| !(letter.is_ascii_alphanumeric() || "-_".contains(letter));
        token.split(ends).next().unwrap_or_default().to_owned()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the accepting thread.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn lock(mails: &Mutex<Vec<Mail>>) -> MutexGuard<'_, Vec<Mail>> {
    mails.lock().expect("invariant: no panic under the lock")
}

fn accept(listener: &TcpListener, mails: &Arc<Mutex<Vec<Mail>>>, stop: &AtomicBool) {
    for connection in listener.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        if let Ok(stream) = connection {
            let mails = Arc::clone(mails);
            std::thread::spawn(move || {
                // A client that goes away in the middle has not delivered.
                let _ = converse(&stream, &mails);
            });
        }
    }
}

fn converse(stream: &TcpStream, mails: &Mutex<Vec<Mail>>) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(300)))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    let mut to = vec![];
    writer.write_all(b"220 sink ESMTP\r\n")?;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_ascii_uppercase();
        let answer: &[u8] = match command.as_str() {
            c if c.starts_with("EHLO") => b"250-sink\r\n250 8BITMIME\r\n",
            c if c.starts_with("RCPT TO:<REFUSED") => {
                let refusal = format!("550 5.1.1 {} is unknown here\r\n", address(&line));
                writer.write_all(refusal.as_bytes())?;
                continue;
            }
            c if c.starts_with("RCPT TO:") => {
                to.push(address(&line));
                b"250 OK\r\n"
            }
            c if c.starts_with("MAIL") || c.starts_with("RSET") => {
                to.clear();
                b"250 OK\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 Go on\r\n")?;
                let text = message(&mut reader)?;
                let message_id = message_id(&text);
                let to = std::mem::take(&mut to);
                lock(mails).push(Mail {
                    message_id,
                    to,
                    text,
                });
                b"250 Accepted\r\n"
            }
            "QUIT" => {
                writer.write_all(b"221 Bye\r\n")?;
                return Ok(());
            }
            _ => b"250 OK\r\n",
        };
        writer.write_all(answer)?;
    }
}

fn message(reader: &mut impl BufRead) -> io::Result<String> {
    let mut text = Vec::new();
    loop {
        let start = text.len();
        if reader.read_until(b'\n', &mut text)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &text[start..] {
            b".\r\n" => {
                text.truncate(start);
                return Ok(String::from_utf8_lossy(&text).into_owned());
            }
            // RFC 5321 4.5.2: a leading dot is doubled on the way.
            [b'.', ..] => drop(text.remove(start)),
            _ => {}
        }
    }
}

fn address(line: &str) -> String {
    let from = line.find('<').map_or(0, |at| at + 1);
    let to = line.find('>').unwrap_or(line.len());
    line[from..to].trim().to_ascii_lowercase()
}

fn message_id(text: &str) -> String {
    let header = text
        .lines()
        .take_while(|line| !line.is_empty())
        .find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
    let value = header
        .and_then(|line| line.split_once(':'))
        .map(|(_, id)| id);
    value
        .unwrap_or_default()
        .trim()
        .trim_matches(['<', '>'])
        .to_owned()
}
