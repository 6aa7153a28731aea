//! As much of MIME (RFC 2045 to 2047) as our own mails use: alternatives of text and HTML,
//! quoted-printable, base64, encoded words in headers.

use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The mail in maildev's shape.
pub fn parse(raw: &[u8], from: &str, to: &[String]) -> Value {
    let (headers, body) = split(raw);
    let mut parts = Parts::default();
    parts.collect(&headers, body);
    let named = |name: &str| header(&headers, name).unwrap_or_default();
    let mut map = Map::new();
    for (name, value) in &headers {
        map.insert(name.clone(), decode_words(value).into());
    }
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    json!({
        "id": format!("mail{id:06}"),
        "subject": decode_words(named("subject")),
        "messageId": named("message-id").trim_matches(['<', '>']),
        "from": addresses(named("from")),
        "to": addresses(named("to")),
        "text": parts.text,
        "html": parts.html,
        "headers": map,
        "envelope": {
            "from": {"address": from},
            "to": to.iter().map(|address| json!({"address": address})).collect::<Vec<_>>(),
        },
        "size": raw.len(),
        "read": false,
        "attachments": Value::Null,
    })
}

type Headers = Vec<(String, String)>;

#[derive(Default)]
struct Parts {
    text: Option<String>,
    html: Option<String>,
}

impl Parts {
    fn collect(&mut self, headers: &Headers, body: &[u8]) {
        let kind = header(headers, "content-type")
            .unwrap_or("text/plain")
            .to_owned();
        if let Some(boundary) = boundary(&kind) {
            for part in inner_parts(body, &boundary) {
                let (headers, body) = split(part);
                self.collect(&headers, body);
            }
            return;
        }
        let text = decode_body(
            header(headers, "content-transfer-encoding").unwrap_or(""),
            body,
        );
        let kind = kind.to_ascii_lowercase();
        if kind.starts_with("text/html") {
            self.html.get_or_insert(text);
        } else if kind.starts_with("text/plain") {
            self.text.get_or_insert(text);
        }
    }
}

/// Headers, unfolded and with small names, and the body behind the empty line.
fn split(raw: &[u8]) -> (Headers, &[u8]) {
    let mut headers = Headers::new();
    let mut rest = raw;
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |at| at + 1);
        let line = String::from_utf8_lossy(&rest[..end]);
        rest = &rest[end..];
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    (headers, rest)
}

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

fn boundary(kind: &str) -> Option<String> {
    let is_multipart = kind.to_ascii_lowercase().starts_with("multipart/");
    let after = kind.split_once("boundary=").filter(|_| is_multipart)?.1;
    let value = match after.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => after.split([';', ' ']).next(),
    };
    value.map(str::to_owned)
}

fn inner_parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let mut starts = Vec::new();
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(mark.as_bytes()) {
            starts.push((at, at + line.len()));
        }
        at += line.len();
    }
    starts
        .windows(2)
        .map(|pair| trim_line_end(&body[pair[0].1..pair[1].0]))
        .collect()
}

/// The line end before a boundary belongs to the boundary.
fn trim_line_end(part: &[u8]) -> &[u8] {
    part.strip_suffix(b"\r\n")
        .or_else(|| part.strip_suffix(b"\n"))
        .unwrap_or(part)
}

fn decode_body(encoding: &str, body: &[u8]) -> String {
    let bytes = match encoding.to_ascii_lowercase().as_str() {
        "quoted-printable" => quoted_printable(body, false),
        "base64" => base64(body),
        _ => body.to_vec(),
    };
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

fn quoted_printable(text: &[u8], in_header: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        match rest {
            [b'=', b'\r', b'\n', ..] => at += 3,
            [b'=', b'\n', ..] => at += 2,
            [b'=', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0);
                bytes.push(u8::try_from(digit(*high) * 16 + digit(*low)).expect("two hex digits"));
                at += 3;
            }
            _ => {
                bytes.push(if in_header && rest[0] == b'_' {
                    b' '
                } else {
                    rest[0]
                });
                at += 1;
            }
        }
    }
    bytes
}

fn base64(text: &[u8]) -> Vec<u8> {
    let value = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'a'..=b'z' => Some(u32::from(byte - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let values: Vec<u32> = text.iter().filter_map(value).collect();
    let mut bytes = Vec::with_capacity(values.len());
    for group in values.chunks(4) {
        let word = group.iter().fold(0, |word, value| word << 6 | value) << (6 * (4 - group.len()));
        let whole = word.to_be_bytes();
        bytes.extend_from_slice(&whole[1..group.len().max(1)]);
    }
    bytes
}

/// Undoes `=?utf-8?B?...?=` and `=?utf-8?Q?...?=`; blanks between two of them do not count.
fn decode_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, word)) = rest.split_once("=?") {
        let mut fields = word.splitn(4, '?');
        let (_charset, kind, text) = (fields.next(), fields.next(), fields.next());
        let (Some(kind), Some(text), Some(end)) = (kind, text, fields.next()) else {
            break;
        };
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        let is_base64 = kind.eq_ignore_ascii_case("b");
        let bytes = if is_base64 {
            base64(text.as_bytes())
        } else {
            quoted_printable(text.as_bytes(), true)
        };
        out.push_str(&String::from_utf8_lossy(&bytes));
        rest = end.strip_prefix('=').unwrap_or(end);
        after_word = true;
    }
    out + rest
}

fn addresses(value: &str) -> Vec<Value> {
    let one = |entry: &str| {
        let (name, address) = match entry.split_once('<') {
            Some((name, rest)) => (name.trim().trim_matches('"'), rest.trim_end_matches('>')),
            None => ("", entry.trim()),
        };
        json!({"address": address, "name": decode_words(name)})
    };
    value
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"From: Airside <bookings@airside.example>\r\nTo: ann@x.example\r\n\
        Subject: =?utf-8?b?R3LDvMOfZQ==?= =?utf-8?Q?_aus_Z=C3=BCrich?=\r\nMessage-ID: <1@airside>\r\n\
        Content-Type: multipart/alternative;\r\n boundary=\"cut\"\r\n\r\n\
        --cut\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        Seats: 2=20=E2=9C=88 so=\r\n long\r\n--cut\r\nContent-Type: text/html; charset=utf-8\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nPHA+U2VhdHM6IDI8L3A+\r\n--cut--\r\n";

    #[test]
    fn both_alternatives_and_encoded_headers_are_read() {
        let mail = parse(
            MAIL,
            "bookings@airside.example",
            &["ann@x.example".to_owned()],
        );
        assert_eq!(mail["subject"], "Grüße aus Zürich");
        assert_eq!(mail["text"], "Seats: 2 ✈ so long");
        assert_eq!(mail["html"], "<p>Seats: 2</p>");
        assert_eq!(mail["messageId"], "1@airside");
        assert_eq!(mail["headers"]["message-id"], "<1@airside>");
        assert_eq!(
            mail["from"][0],
            json!({"address": "bookings@airside.example", "name": "Airside"})
        );
        assert_eq!(mail["to"][0]["address"], "ann@x.example");
    }

    #[test]
    fn a_mail_without_mime_headers_is_plain_text() {
        let mail = parse(b"Subject: Hi\n\nhello\n", "a@x", &["b@y".to_owned()]);
        assert_eq!(mail["text"], "hello\n");
        assert_eq!(mail["html"], Value::Null);
    }
}
