//! A connection to a service. The task whose request is on it drives it: a task of its own would
//! have to be woken for every piece that passes. While nobody uses it, nobody does.

use std::{
    future::poll_fn,
    io,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::Response,
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::pool::Pool;

/// A connection that takes one request at a time.
pub struct Connection {
    requests: SendRequest<Body>,
    /// `None` once it is over.
    driver: Option<Box<http1::Connection<TokioIo<Line>, Body>>>,
    heard: Arc<AtomicBool>,
    was_used: bool,
}

/// Why there is no answer.
pub enum Failure {
    /// The service closed the connection before anything was written on it.
    Unsent(Box<Request>),
    /// The service closed a connection that it had kept, and no byte of an answer had come.
    Unheard(hyper::Error),
    /// Anything else: the service may have begun.
    Other(hyper::Error),
}

impl Connection {
    /// Speaks HTTP/1.1 on a stream.
    pub async fn on(stream: TcpStream) -> hyper::Result<Self> {
        let heard = Arc::new(AtomicBool::new(false));
        let line = Line {
            stream,
            heard: Arc::clone(&heard),
        };
        let (requests, driver) = http1::handshake(TokioIo::new(line)).await?;
        Ok(Self {
            requests,
            driver: Some(Box::new(driver)),
            heard,
            was_used: false,
        })
    }

    /// Whether a request was on it before.
    pub fn was_kept(&self) -> bool {
        self.was_used
    }

    /// Whether the next request can go on it, as far as one can know.
    pub fn is_good(&mut self, context: &mut Context<'_>) -> bool {
        self.drive(context);
        self.driver.is_some() && self.requests.is_ready()
    }

    /// Sends a request; resolves with the head of its answer. Once the body is read, the
    /// connection goes to `pool`.
    pub async fn exchange(
        mut self,
        request: Request,
        pool: &Arc<Pool>,
    ) -> Result<Response<Answer>, Failure> {
        self.heard.store(false, Ordering::Relaxed);
        let mut answer = pin!(self.requests.try_send_request(request));
        let answered = poll_fn(|context| {
            self.drive(context);
            quietly(|context| answer.as_mut().poll(context))
        })
        .await;
        let was_used = std::mem::replace(&mut self.was_used, true);
        match answered {
            Ok(response) => Ok(response.map(|body| Answer::new(body, self, pool))),
            Err(mut error) => Err(match error.take_message() {
                Some(request) => Failure::Unsent(Box::new(request)),
                None if was_used && !self.heard.load(Ordering::Relaxed) => {
                    Failure::Unheard(error.into_error())
                }
                None => Failure::Other(error.into_error()),
            }),
        }
    }

    fn drive(&mut self, context: &mut Context<'_>) {
        if let Some(driver) = &mut self.driver
            && Pin::new(driver).poll(context).is_ready()
        {
            // An error goes to whoever waits for the answer or the rest of it.
            self.driver = None;
        }
    }
}

/// Polls what nobody but the driver brings on: it need not wake the task that drives.
fn quietly<T>(poll: impl FnOnce(&mut Context<'_>) -> T) -> T {
    poll(&mut Context::from_waker(Waker::noop()))
}

/// The body of an answer. Dropped before its end it closes the connection, which tells the service
/// that nobody listens any more.
pub struct Answer {
    body: Incoming,
    connection: Option<Connection>,
    pool: Arc<Pool>,
}

impl Answer {
    fn new(body: Incoming, connection: Connection, pool: &Arc<Pool>) -> Self {
        let mut answer = Self {
            body,
            connection: Some(connection),
            pool: Arc::clone(pool),
        };
        if answer.body.is_end_stream() {
            answer.end();
        }
        answer
    }

    fn poll_body(&mut self) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        quietly(|context| Pin::new(&mut self.body).poll_frame(context))
    }

    /// The connection is free.
    fn end(&mut self) {
        if let Some(connection) = self.connection.take()
            && connection.requests.is_ready()
        {
            self.pool.put(connection);
        }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let mut polled = self.poll_body();
        if polled.is_pending()
            && let Some(connection) = &mut self.connection
        {
            connection.drive(context);
            polled = self.poll_body();
        }
        let frame = ready!(polled);
        if frame.is_none() || self.body.is_end_stream() {
            self.end();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells whether anything has come.
struct Line {
    stream: TcpStream,
    heard: Arc<AtomicBool>,
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.heard.store(true, Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
