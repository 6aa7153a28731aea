//! A body that keeps something until it has been read to its end, or nobody reads it any more.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

/// `body`, which drops `kept` when it is dropped itself.
pub fn held<B, T>(body: B, kept: T) -> Body
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Error + Send + Sync,
    T: Send + Unpin + 'static,
{
    Body::new(Held { body, _kept: kept })
}

struct Held<B, T> {
    body: B,
    _kept: T,
}

impl<B, T> HttpBody for Held<B, T>
where
    B: HttpBody<Data = Bytes> + Unpin,
    T: Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
