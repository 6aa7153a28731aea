//! What a request must be before anybody looks at what it asks for.

use std::{
    io, mem,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, Version, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, timeout};

use super::limits::{HEAD_BYTES, URI_BYTES};
use crate::http::problem::Problem;

/// Marks a request that had both `Transfer-Encoding` and `Content-Length`: hyper goes by the
/// first and takes out the second, as RFC 9112, 6.3 allows; whoever sends both is up to something.
#[derive(Clone, Copy)]
pub(super) struct TwoLengths;

/// What is still read of a body that nobody wanted, so that the connection can be used again.
const UNREAD_BYTES: usize = 64 * 1024;
const UNREAD_TIME: Duration = Duration::from_millis(100);

/// Whether a request's body came.
pub(super) struct Arrival(Option<Arc<Fate>>);

/// What became of a body.
#[derive(Default)]
struct Fate {
    stalled: AtomicBool,
    /// What nobody wanted of it.
    unread: Mutex<Option<Body>>,
}

/// Refuses what is unsound. Of the rest, the body's next piece is awaited for `patience`. The
/// connection is closed where either fails.
pub(super) fn admit(request: Request, patience: Duration) -> Result<(Request, Arrival), Problem> {
    sound(&request).map_err(last)?;
    if request.body().is_end_stream() {
        return Ok((request, Arrival(None)));
    }
    let fate = Arc::<Fate>::default();
    let request = request.map(|body| {
        Body::new(Awaited {
            body,
            patience,
            alarm: None,
            has_ended: false,
            fate: Arc::clone(&fate),
        })
    });
    Ok((request, Arrival(Some(fate))))
}

impl Arrival {
    /// The answer, or 408: whatever a handler makes of half a body, it is the client that did not
    /// go on. An answer that came before the body was read waits a moment for the rest of it, or
    /// says that it is the last here: else the next request is written to a connection that ends.
    pub(super) async fn judge(self, mut response: Response) -> Response {
        let Some(fate) = self.0 else {
            return response;
        };
        if fate.stalled.load(Ordering::Relaxed) {
            return last(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "MALFORMED",
                "The rest of the body did not come",
            ))
            .into_response();
        }
        let unread = fate.unread.lock().expect(UNBROKEN).take();
        if let Some(body) = unread
            && !ends_soon(body).await
        {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        response
    }
}

const UNBROKEN: &str = "invariant: nothing panics under the lock";

async fn ends_soon(mut body: Body) -> bool {
    let reading = async {
        let mut read = 0;
        while let Some(frame) = body.frame().await {
            read += match &frame {
                Ok(frame) => frame.data_ref().map_or(0, Bytes::len),
                Err(_) => return false,
            };
            if read > UNREAD_BYTES {
                return false;
            }
        }
        true
    };
    timeout(UNREAD_TIME, reading).await.unwrap_or(false)
}

fn last(problem: Problem) -> Problem {
    problem.header(header::CONNECTION, HeaderValue::from_static("close"))
}

fn sound(request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts != 1 && (hosts, request.version()) != (0, Version::HTTP_10) {
        return Err(Problem::malformed("There must be one Host header"));
    }
    if request.extensions().get::<TwoLengths>().is_some() {
        let detail = "Content-Length and Transfer-Encoding exclude each other";
        return Err(Problem::malformed(detail));
    }
    if !is_chunked_at_most(headers) {
        let detail = "The only Transfer-Encoding here is chunked, and that once";
        return Err(Problem::malformed(detail));
    }
    let uri = request.uri().path_and_query();
    let uri = uri.map_or(0, |uri| uri.as_str().len());
    if uri > URI_BYTES {
        return Err(too_long(StatusCode::URI_TOO_LONG));
    }
    let lines = headers.iter();
    let lines = lines.map(|(name, value)| name.as_str().len() + value.len() + 4);
    match uri + lines.sum::<usize>() > HEAD_BYTES {
        true => Err(too_long(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
        false => Ok(()),
    }
}

fn is_chunked_at_most(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(one), None) => one.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// The problem of a head that is too much for us.
pub(super) fn too_long(status: StatusCode) -> Problem {
    let detail = match status {
        StatusCode::URI_TOO_LONG => format!("The path is longer than {URI_BYTES} bytes"),
        _ => format!("There are more than {HEAD_BYTES} bytes or 100 lines of headers"),
    };
    Problem::new(status, "MALFORMED", detail)
}

/// A body whose next piece is awaited only so long.
struct Awaited {
    body: Body,
    patience: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
    has_ended: bool,
    fate: Arc<Fate>,
}

impl Drop for Awaited {
    fn drop(&mut self) {
        if !self.has_ended && !self.body.is_end_stream() {
            let unread = mem::take(&mut self.body);
            *self.fate.unread.lock().expect(UNBROKEN) = Some(unread);
        }
    }
}

impl HttpBody for Awaited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.alarm = None;
            this.has_ended = frame.is_none();
            return Poll::Ready(frame);
        }
        let patience = this.patience;
        let alarm = this
            .alarm
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(alarm.as_mut().poll(context));
        this.fate.stalled.store(true, Ordering::Relaxed);
        let error = io::Error::from(io::ErrorKind::TimedOut);
        Poll::Ready(Some(Err(axum::Error::new(error))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
