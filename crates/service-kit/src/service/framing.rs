//! Follows what a client sends from head to body to head, as RFC 9112 frames them, to know of a
//! head that says both `Content-Length` and `Transfer-Encoding`: hyper drops the first without a
//! word, and whoever sends both is up to something (6.3). What is in a body is not looked at.
//!
//! It need not be right about what is no HTTP/1.1: that is refused by hyper.

/// What of a message the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Head,
    /// So many bytes of a body are to come.
    Body(u64),
    /// The line that says how long a chunk is.
    ChunkSize,
    /// So many bytes of a chunk and its line end are to come.
    Chunk(u64),
    /// Fields behind the last chunk; none of them frames anything (RFC 9110, 6.5.1).
    Trailers,
}

/// What was read so far.
pub(super) struct Framing {
    part: Part,
    /// Heads that have ended.
    heads: usize,
    /// Which of them was the first to say both.
    contradictory: Option<usize>,
    /// Whether no line has ended since the latest head did.
    is_between_heads: bool,
    /// The beginning of a line that has not ended.
    line: Vec<u8>,
    length: Option<u64>,
    has_coding: bool,
}

/// More of a line does not matter: it is longer than either name with any number.
const LINE_BEGIN: usize = 64;

impl Framing {
    pub(super) fn new() -> Self {
        Self {
            part: Part::Head,
            heads: 0,
            contradictory: None,
            is_between_heads: true,
            line: vec![],
            length: None,
            has_coding: false,
        }
    }

    /// Whether the head of this number, from 1, says one thing only, as far as it was understood.
    pub(super) fn is_clear(&self, head: usize) -> bool {
        head <= self.heads && self.contradictory != Some(head)
    }

    /// Whether a head has begun whose first line has not ended.
    pub(super) fn is_in_first_line(&self) -> bool {
        self.is_between_heads && !self.line.is_empty()
    }

    /// The client sent these bytes.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.part {
                Part::Body(left) => self.skip(left, bytes, Part::Body, Part::Head),
                Part::Chunk(left) => self.skip(left, bytes, Part::Chunk, Part::ChunkSize),
                Part::Head | Part::ChunkSize | Part::Trailers => self.read_line(bytes),
            };
        }
    }

    fn skip<'a>(
        &mut self,
        left: u64,
        bytes: &'a [u8],
        more: impl Fn(u64) -> Part,
        next: Part,
    ) -> &'a [u8] {
        let skipped = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.part = match left - skipped as u64 {
            0 => next,
            left => more(left),
        };
        &bytes[skipped..]
    }

    /// Reads to the end of the line, which may be LF alone (2.2), or of what there is.
    fn read_line<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (piece, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
        match end {
            None => self.keep(piece),
            Some(_) if self.line.is_empty() => self.end_line(piece),
            Some(_) => {
                self.keep(piece);
                let line = std::mem::take(&mut self.line);
                self.end_line(&line);
            }
        }
        rest.get(1..).unwrap_or_default()
    }

    fn keep(&mut self, piece: &[u8]) {
        let room = LINE_BEGIN.saturating_sub(self.line.len());
        self.line.extend_from_slice(&piece[..piece.len().min(room)]);
    }

    fn end_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (self.part, line.is_empty()) {
            (Part::ChunkSize, _) => self.part = chunk(line),
            (Part::Trailers, true) => self.part = Part::Head,
            (Part::Trailers, false) => {}
            (_, true) => self.end_head(),
            (_, false) => self.read_field(line),
        }
    }

    fn read_field(&mut self, line: &[u8]) {
        self.is_between_heads = false;
        if let Some(value) = value_of(line, b"content-length:") {
            self.length = Some(number(value, 10));
        } else if value_of(line, b"transfer-encoding:").is_some() {
            self.has_coding = true;
        }
    }

    /// An empty line before any other is ignored (2.2).
    fn end_head(&mut self) {
        if self.is_between_heads {
            return;
        }
        self.is_between_heads = true;
        self.heads += 1;
        let framed = (self.has_coding, self.length.unwrap_or(0));
        if self.has_coding && self.length.is_some() {
            self.contradictory.get_or_insert(self.heads);
        }
        self.part = match framed {
            (true, _) => Part::ChunkSize,
            (false, 0) => Part::Head,
            (false, length) => Part::Body(length),
        };
        (self.length, self.has_coding) = (None, false);
    }
}

/// What follows a chunk's first line (7.1): the size may have an extension behind it.
fn chunk(line: &[u8]) -> Part {
    match number(line, 16) {
        0 => Part::Trailers,
        size => Part::Chunk(size.saturating_add(2)),
    }
}

/// The number at the beginning of a text.
fn number(text: &[u8], radix: u32) -> u64 {
    let digits = text
        .iter()
        .map_while(|byte| char::from(*byte).to_digit(radix));
    digits.fold(0, |number: u64, digit| {
        let number = number.saturating_mul(radix.into());
        number.saturating_add(digit.into())
    })
}

/// The value of a line that begins with this name.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (begin, value) = line.split_at_checked(name.len())?;
    begin
        .eq_ignore_ascii_case(name)
        .then(|| value.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many heads there are, and the first that is not clear.
    fn heads(pieces: &[&str]) -> (usize, Option<usize>) {
        let mut framing = Framing::new();
        for piece in pieces {
            framing.read(piece.as_bytes());
        }
        (framing.heads, framing.contradictory)
    }

    const BOTH: &str = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-encoding: chunked\r\nX: y\r\n\
                        Content-LENGTH: 5\r\n\r\n0\r\n\r\n";

    #[test]
    fn both_are_found_however_they_are_cut() {
        for cut in 0..BOTH.len() {
            assert_eq!(heads(&[&BOTH[..cut], &BOTH[cut..]]), (1, Some(1)), "{cut}");
        }
        let bytes: Vec<_> = BOTH.split_inclusive(|_: char| true).collect();
        assert_eq!(heads(&bytes), (1, Some(1)));
        assert_eq!(heads(&[&BOTH.replace("\r\n", "\n")]).1, Some(1));
    }

    #[test]
    fn both_are_found_behind_any_other_message() {
        for before in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length:0\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length:\t12 \r\n\r\nhello\r\n\r\nme\r",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\
             00A;name=\"x\"\r\nhell\r\n\r\n\r\n\r\n000\r\nx: content\r\ncontent-length: 9\r\n\r\n",
        ] {
            assert_eq!(heads(&[before, BOTH]), (2, Some(2)), "{before}");
            assert_eq!(heads(&[before, before, before]), (3, None), "{before}");
        }
    }

    #[test]
    fn what_looks_like_them_is_not() {
        for messages in [
            // In the body of one, before the head of another.
            "A\r\ncontent-length: 18\r\n\r\ncontent-length: 9\nB\r\ntransfer-encoding: x\r\n\r\n",
            "A\ncontent-length: 5\n\nhelloB\ntransfer-encoding: x\n\n",
            "A\r\ntransfer-encoding: chunked\r\n\r\n13\r\n\r\ncontent-length: 9\r\n0\r\n\r\n\
             B\r\ntransfer-encoding: chunked\r\n\r\n",
            // In another field.
            "A\r\ncontent-length: 5\r\nx: transfer-encoding: x\r\n\r\n",
            "A\r\ncontent-length: 5\r\ntransfer-encodings: x\r\n\r\n",
            "A\r\ncontent-length: 5\r\nx-transfer-encoding: x\r\n\r\n",
            // In a line that goes on with the one before.
            "A\r\ncontent-length: 5\r\n transfer-encoding: x\r\n\r\n",
        ] {
            assert_eq!(heads(&[messages]).1, None, "{messages}");
        }
    }
}
