//! One connection, from its first byte to its last.

use std::{
    convert::Infallible,
    fmt::Write,
    future::poll_fn,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, Response, StatusCode, header},
    response::IntoResponse,
};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{HttpService, service_fn},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    front::Front,
    headers,
    pulse::{Pulse, Wait},
    socket::Socket,
    soundness::{TwoLengths, too_long},
};
use crate::{
    clock,
    http::{correlation, held::held, problem::Problem},
};

/// What hyper holds of a connection's input or output: twice the largest head, so that most heads
/// that are too large are read whole, and refused by a layer as every other request.
const BUFFER: usize = 32 * 1024;

/// What is still read when we are the one who closes: input that nobody reads makes the kernel
/// reset the connection, and the client lose the answer.
const LINGER_BYTES: usize = 1024 * 1024;
const LINGER: Duration = Duration::from_secs(1);

/// How a connection ended.
enum End {
    Served(hyper::Result<()>),
    TimedOut(Wait),
}

/// Serves a connection until its client ends it, is too slow, or the service is told to stop and
/// its last request is answered. Answers what it was waiting for too long.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    front: Front,
    stop: CancellationToken,
) -> Option<Wait> {
    let pulse = Pulse::new(front.limits());
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&pulse)));
    // Boxed, since a connection has room for the answer in being also while it has no request.
    let service =
        service_fn(|request| Box::pin(answer(front.clone(), Arc::clone(&pulse), peer, request)));
    let mut connection = http1::Builder::new()
        // The pulse keeps the time: hyper's clock does not tell a slow head from an unused
        // connection.
        .header_read_timeout(None)
        .max_buf_size(BUFFER)
        .serve_connection(socket, service);
    let end = watched(Pin::new(&mut connection), &pulse, &stop).await;
    let mut stream = connection.into_parts().io.into_inner().into_stream();
    if let Some(problem) = last_words(&end, &pulse) {
        let _ = timeout(LINGER, stream.write_all(front.refuse(problem).as_bytes())).await;
        let _ = stream.shutdown().await;
    }
    let wait = match end {
        End::TimedOut(wait) => Some(wait),
        End::Served(_) => None,
    };
    if wait.is_none_or(|wait| wait == Wait::Head) && !pulse.client_is_done() {
        tokio::select! { () = linger(stream) => {}, () = stop.cancelled() => {} }
    }
    wait
}

/// Runs a connection against its clock. The alarm is set again when it rings or is too late, not
/// for every request.
async fn watched<S>(
    mut connection: Pin<&mut http1::Connection<TokioIo<Socket>, S>>,
    pulse: &Pulse,
    stop: &CancellationToken,
) -> End
where
    S: HttpService<Incoming, ResBody = Body, Error = Infallible>,
{
    let mut stopped = pin!(stop.cancelled());
    let mut told = None;
    let mut alarm = pin!(tokio::time::sleep_until(Instant::now()));
    poll_fn(|context| {
        loop {
            if let Poll::Ready(result) = connection.as_mut().poll(context) {
                return Poll::Ready(End::Served(result));
            }
            if told.is_none() && stopped.as_mut().poll(context).is_ready() {
                told = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
                continue;
            }
            let Some((deadline, wait)) = pulse.deadline(told) else {
                return Poll::Pending;
            };
            if deadline <= Instant::now() {
                return Poll::Ready(End::TimedOut(wait));
            }
            if alarm.is_elapsed() || deadline < alarm.deadline() {
                alarm.as_mut().reset(deadline);
            }
            if alarm.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    })
    .await
}

async fn answer(
    front: Front,
    pulse: Arc<Pulse>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (serving, hides_a_length) = pulse.serve(request.headers());
    let is_personal = request.headers().contains_key(header::AUTHORIZATION);
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    if hides_a_length {
        request.extensions_mut().insert(TwoLengths);
    }
    let mut response = front.answer(request).await;
    headers::add(response.headers_mut(), is_personal);
    Ok(response.map(|body| held(body, serving)))
}

/// What a client gets to read whose request never came to be one.
fn last_words(end: &End, pulse: &Pulse) -> Option<Problem> {
    let malformed = || Problem::malformed("This is no HTTP/1.1 request");
    match (end, pulse.refused()) {
        (End::TimedOut(Wait::Head), _) => Some(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "MALFORMED",
            "The rest of the request did not come",
        )),
        (End::TimedOut(_), _) => None,
        (_, Some(414)) => Some(too_long(StatusCode::URI_TOO_LONG)),
        (_, Some(431)) => Some(too_long(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
        (_, Some(_)) => Some(malformed()),
        // HTTP/2 with nothing before it; whatever else hyper may leave without an answer.
        (End::Served(Err(error)), None) => error.is_parse().then(malformed),
        (End::Served(Ok(())), None) => None,
    }
}

/// An answer as it is written where nothing is in between.
pub(super) fn raw(problem: Problem) -> String {
    let body = problem.body();
    let mut response = problem.into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONNECTION, HeaderValue::from_static("close"));
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let id = correlation::show(|id, _| HeaderValue::from_str(id));
    if let Some(Ok(id)) = id {
        fields.insert(correlation::HEADER, id);
    }
    headers::add(fields, false);
    let date = clock::now().format("%a, %d %b %Y %H:%M:%S GMT");
    let mut text = format!("HTTP/1.1 {}\r\ndate: {date}\r\n", response.status());
    for (name, value) in response.headers() {
        let value = value.to_str().unwrap_or_default();
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text + "\r\n" + &body
}

async fn linger(mut stream: TcpStream) {
    let mut scrap = vec![0; 8 * 1024];
    let mut left = LINGER_BYTES;
    let _ = timeout(LINGER, async {
        while left > 0 {
            match stream.read(&mut scrap).await {
                Ok(read) if read > 0 => left = left.saturating_sub(read),
                _ => break,
            }
        }
    })
    .await;
}
