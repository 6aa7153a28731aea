//! A service that requests are handed to: its addresses, taken in turn, and the connections kept
//! to each.

use std::{
    error::Error as StdError,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{
        HeaderValue, Method, Response, Uri, Version, header,
        uri::{Authority, PathAndQuery, Scheme},
    },
};
use bytes::Bytes;
use hyper_util::client::legacy::connect::HttpConnector;
use service_kit::http::deadline;
use tokio::time::Instant;
use tower::ServiceExt;

use super::{
    connection::{Answer, Connection, Failure},
    flight::InFlight,
    pool::Pool,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// A service whose machine is gone is noticed after about as long, also while an answer is awaited
/// that may take any time.
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_PROBES: u32 = 3;
/// What a service that is being replaced gets before the only address is tried again.
const PAUSE: Duration = Duration::from_millis(100);
/// A service is told so much less than our patience, so that its own answer comes before it ends.
const WAY_BACK: Duration = Duration::from_millis(250);

/// Methods that may be done twice.
const IDEMPOTENT: [Method; 5] = [
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::PUT,
    Method::DELETE,
];

/// A service behind the gateway.
pub struct Upstream {
    name: &'static str,
    /// The part of the public path that the service does not know, such as `/flightsService`.
    prefix: &'static str,
    targets: Vec<Target>,
    next: AtomicUsize,
    in_flight: InFlight,
    tcp: HttpConnector,
}

struct Target {
    url: Uri,
    host: HeaderValue,
    pool: Arc<Pool>,
}

/// Why a service did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// No address takes a connection: nothing was sent.
    #[error("no address takes a connection")]
    Refused {
        /// What was not sent.
        request: Box<Request>,
        /// The last refusal.
        #[source]
        cause: BoxError,
    },
    /// It closed a connection that it had kept, and no byte of an answer had come.
    #[error("a kept connection was closed")]
    Unheard(#[source] hyper::Error),
    /// Anything else: it may have begun.
    #[error("the exchange failed")]
    Other(#[source] hyper::Error),
}

type BoxError = Box<dyn StdError + Send + Sync>;

impl Upstream {
    /// The service `name` under `prefix`, at one or more addresses, with at most `most` requests
    /// under way.
    pub fn new(
        name: &'static str,
        prefix: &'static str,
        addresses: Vec<Authority>,
        most: usize,
    ) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(KEEPALIVE_PROBES));
        Self {
            name,
            prefix,
            targets: addresses.into_iter().map(Target::new).collect(),
            next: AtomicUsize::new(0),
            in_flight: InFlight::new(name, most),
            tcp,
        }
    }

    /// The service's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The requests to it that are under way.
    pub fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Closes connections that nobody has used for a while.
    pub fn sweep(&self) {
        self.targets.iter().for_each(|target| target.pool.sweep());
    }

    /// Sends a request; resolves with the head of the answer, which shall be there by `end`.
    ///
    /// What is idempotent (RFC 9110, 9.2.2) is sent once more if it was refused, or if a kept
    /// connection ended before any byte of an answer and no body is gone with it. Bodies are not
    /// held back for that: they stream.
    pub async fn send(
        &self,
        mut request: Request,
        end: Instant,
    ) -> Result<Response<Answer>, Unanswered> {
        self.address(&mut request);
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let is_idempotent = IDEMPOTENT.contains(request.method());
        let copy = (is_idempotent && request.body().is_end_stream()).then(|| copy(&request));
        let again = match (self.attempt(turn, request, end).await, copy) {
            (Err(Unanswered::Refused { request, .. }), _) if is_idempotent => {
                tokio::time::sleep(PAUSE).await;
                *request
            }
            (Err(Unanswered::Unheard(_)), Some(copy)) => copy,
            (outcome, _) => return outcome,
        };
        self.in_flight.count("repeated");
        self.attempt(turn + 1, again, end).await
    }

    /// Writes the path without the prefix.
    fn address(&self, request: &mut Request) {
        let public = request.uri().path_and_query();
        let inner = public.and_then(|public| public.as_str().strip_prefix(self.prefix));
        let inner = Bytes::copy_from_slice(inner.unwrap_or("/").as_bytes());
        let inner = PathAndQuery::from_maybe_shared(inner);
        *request.uri_mut() = inner
            .expect("invariant: the rest of a good path is a good path")
            .into();
        *request.version_mut() = Version::HTTP_11;
    }

    /// Sends it once. What the service closes before anything is written on it does not count.
    async fn attempt(
        &self,
        turn: usize,
        mut request: Request,
        end: Instant,
    ) -> Result<Response<Answer>, Unanswered> {
        loop {
            let (target, connection) = match self.connection(turn).await {
                Ok(found) => found,
                Err(cause) => return Err(refused(request, cause)),
            };
            let was_kept = connection.was_kept();
            let headers = request.headers_mut();
            headers.insert(header::HOST, target.host.clone());
            headers.insert(deadline::HEADER, until(end));
            match connection.exchange(request, &target.pool).await {
                Ok(response) => return Ok(response),
                Err(Failure::Unsent(back)) if was_kept => request = *back,
                Err(Failure::Unsent(back)) => return Err(refused(*back, "closed at once".into())),
                Err(Failure::Unheard(error)) => return Err(Unanswered::Unheard(error)),
                Err(Failure::Other(error)) => return Err(Unanswered::Other(error)),
            }
        }
    }

    /// A connection to the address whose turn it is or, when nothing listens there, to the next.
    /// It comes before any byte of the request is sent, so requests of every kind take part.
    async fn connection(&self, turn: usize) -> Result<(&Target, Connection), BoxError> {
        let mut refusal = BoxError::from("no address");
        let first = turn % self.targets.len();
        let targets = self.targets.iter().cycle().skip(first);
        for target in targets.take(self.targets.len()) {
            if let Some(connection) = target.pool.take().await {
                return Ok((target, connection));
            }
            match self.connect(target).await {
                Ok(connection) => return Ok((target, connection)),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    async fn connect(&self, target: &Target) -> Result<Connection, BoxError> {
        let stream = self.tcp.clone().oneshot(target.url.clone()).await?;
        Ok(Connection::on(stream.into_inner()).await?)
    }
}

impl Target {
    fn new(authority: Authority) -> Self {
        let host = HeaderValue::from_str(authority.as_str());
        let url = Uri::builder().scheme(Scheme::HTTP).authority(authority);
        Self {
            url: url
                .path_and_query("/")
                .build()
                .expect("invariant: scheme, authority and path make a URI"),
            host: host.expect("invariant: an authority is header text"),
            pool: Arc::default(),
        }
    }
}

fn refused(request: Request, cause: BoxError) -> Unanswered {
    Unanswered::Refused {
        request: Box::new(request),
        cause,
    }
}

/// The milliseconds that a service has for its answer.
fn until(end: Instant) -> HeaderValue {
    let left = end.saturating_duration_since(Instant::now());
    let told = left.saturating_sub(WAY_BACK).as_millis();
    HeaderValue::from(u64::try_from(told).unwrap_or(u64::MAX))
}

/// The same without a body.
fn copy(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
