//! As much of SMTP (RFC 5321) as a client needs to hand over a mail.

use super::{Inbox, mime};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Pooled connections of a client rest this long at most (RFC 5321, 4.5.3.2.7).
const IDLE: Duration = Duration::from_secs(300);

/// Takes mails from one connection.
pub fn converse(stream: TcpStream, inbox: &Inbox) -> std::io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    dialogue(&mut BufReader::new(stream), &mut writer, inbox)
}

fn dialogue(
    reader: &mut impl BufRead,
    writer: &mut impl Write,
    inbox: &Inbox,
) -> std::io::Result<()> {
    writer.write_all(b"220 airside mail sink\r\n")?;
    let (mut from, mut to) = (String::new(), Vec::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let reply: &[u8] = match verb.get(..4).unwrap_or("") {
            "EHLO" => b"250-airside\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n",
            "HELO" | "NOOP" => b"250 fine\r\n",
            "RSET" | "MAIL" => {
                (from, to) = (address(&line), Vec::new());
                b"250 fine\r\n"
            }
            "RCPT" => {
                to.push(address(&line));
                b"250 fine\r\n"
            }
            "DATA" if to.is_empty() => b"503 RCPT first\r\n",
            "DATA" => {
                writer.write_all(b"354 end with a dot\r\n")?;
                let mail = mime::parse(&data(reader)?, &from, &to);
                inbox.with(|mails| mails.push(mail));
                (from, to) = (String::new(), Vec::new());
                b"250 taken\r\n"
            }
            "QUIT" => {
                return writer.write_all(b"221 bye\r\n");
            }
            _ => b"502 not known\r\n",
        };
        writer.write_all(reply)?;
    }
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let after = line.split_once('<').map_or("", |(_, rest)| rest);
    after
        .split_once('>')
        .map_or("", |(address, _)| address)
        .to_owned()
}

/// The mail up to the line with a single dot; a leading dot was doubled by the sender.
fn data(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" || line == b".\n" {
            return Ok(mail);
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_taken_with_its_doubled_dots_undone() {
        let inbox = Inbox::default();
        let mut client: &[u8] = b"EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n\
            Subject: Hi\r\n\r\n..dots\r\n.\r\nQUIT\r\n";
        let mut replies = Vec::new();
        dialogue(&mut client, &mut replies, &inbox).unwrap();
        assert!(replies.ends_with(b"250 taken\r\n221 bye\r\n"));
        inbox.with(|mails| {
            assert_eq!(mails[0]["subject"], "Hi");
            assert_eq!(mails[0]["text"], ".dots\n");
            assert_eq!(mails[0]["envelope"]["to"][0]["address"], "b@y");
        });
    }

    #[test]
    fn data_without_a_recipient_is_refused() {
        let mut replies = Vec::new();
        dialogue(&mut &b"DATA\r\n"[..], &mut replies, &Inbox::default()).unwrap();
        assert!(replies.ends_with(b"503 RCPT first\r\n"));
    }
}
