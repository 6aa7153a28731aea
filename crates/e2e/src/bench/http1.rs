//! As much of HTTP/1.1 as a load client needs: one request at a time on a kept connection.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that is kept.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// Where an answer's parts lie in the buffer.
struct Head {
    status: u16,
    body_at: usize,
    length: Length,
    close: bool,
}

enum Length {
    Known(usize),
    Chunked,
}

impl Connection {
    /// One that connects at its first request.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    /// Sends a whole request and reads the whole answer: its status and body.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        self.buffer.clear();
        stream.write_all(request).await?;
        let head = loop {
            read_more(&mut stream, &mut self.buffer).await?;
            if let Some(head) = parse_head(&self.buffer)? {
                break head;
            }
        };
        let end = match head.length {
            Length::Known(length) => {
                while self.buffer.len() < head.body_at + length {
                    read_more(&mut stream, &mut self.buffer).await?;
                }
                head.body_at + length
            }
            // Our servers send no trailers, so this is how a chunked body ends.
            Length::Chunked => {
                while !self.buffer[head.body_at..].ends_with(b"0\r\n\r\n") {
                    read_more(&mut stream, &mut self.buffer).await?;
                }
                self.buffer.len()
            }
        };
        if !head.close {
            self.stream = Some(stream);
        }
        Ok((head.status, &self.buffer[head.body_at..end]))
    }
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn parse_head(buffer: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let text = std::str::from_utf8(&buffer[..end]).map_err(|_| bad("a head that is no text"))?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.get(9..12)?.parse().ok());
    let mut head = Head {
        status: status.ok_or_else(|| bad("no status"))?,
        body_at: end + 4,
        length: Length::Known(0),
        close: false,
    };
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            let length = value.parse().map_err(|_| bad("no length"))?;
            head.length = Length::Known(length);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            head.length = Length::Chunked;
        } else if name.eq_ignore_ascii_case("connection") {
            head.close = value.eq_ignore_ascii_case("close");
        }
    }
    Ok(Some(head))
}

/// Writes a request.
pub fn write(out: &mut Vec<u8>, method: &str, path: &str, headers: &str, body: &str) {
    use std::io::Write;
    let length = match method {
        "GET" => String::new(),
        _ => format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        ),
    };
    write!(
        out,
        "{method} {path} HTTP/1.1\r\nhost: airside\r\n{headers}{length}\r\n{body}"
    )
    .expect("invariant: a Vec takes every write");
}

/// The header line of a token.
pub fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}
