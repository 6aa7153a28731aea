//! A connection's socket, which tells its [`Pulse`] what passes.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::pulse::Pulse;

/// What hyper reads and writes. Its own answers to what is no request (400, 414, 431) have no
/// body, so they are swallowed: the connection says it better when hyper is done.
pub(super) struct Socket {
    stream: TcpStream,
    pulse: Arc<Pulse>,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, pulse: Arc<Pulse>) -> Self {
        Self { stream, pulse }
    }

    /// The stream itself, with nothing of an answer in it that hyper would have given.
    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// `Some` if these bytes are an answer of hyper's own.
    fn swallow(&self, bytes: &[u8]) -> Option<()> {
        if self.pulse.answers() {
            return None;
        }
        let status = bytes
            .strip_prefix(b"HTTP/1.1 ")
            .and_then(<[u8]>::first_chunk);
        let status = status.and_then(|digits: &[u8; 3]| str::from_utf8(digits).ok()?.parse().ok());
        self.pulse.refuse(status.unwrap_or(400));
        Some(())
    }

    fn wrote(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.pulse.wrote(written.is_ready());
        written
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.pulse.read(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.swallow(bytes).is_some() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self
            .swallow(slices.first().map_or(&[], |slice| slice))
            .is_some()
        {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pulse.flushed();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.pulse.refused() {
            Some(_) => Poll::Ready(Ok(())),
            None => Pin::new(&mut self.stream).poll_shutdown(context),
        }
    }
}
