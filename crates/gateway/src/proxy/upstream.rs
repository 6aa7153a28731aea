//! A service that requests are handed to: its addresses, taken in turn, and its pooled connections.

use std::{
    error::Error as StdError,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderValue, Response, Uri, Version, header,
        uri::{Authority, PathAndQuery, Scheme},
    },
};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use tokio::net::TcpStream;
use tower::Service;

use super::flight::InFlight;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const MAX_IDLE: usize = 256;

/// A service behind the gateway.
pub struct Upstream {
    name: &'static str,
    /// The part of the public path that the service does not know, such as `/flightsService`.
    prefix: &'static str,
    targets: Vec<Target>,
    next: AtomicUsize,
    in_flight: InFlight,
    client: Client<Failover, Body>,
}

struct Target {
    authority: Authority,
    host: HeaderValue,
}

impl Upstream {
    /// The service `name` under `prefix`, at one or more addresses, with at most `most` requests
    /// under way.
    pub fn new(
        name: &'static str,
        prefix: &'static str,
        addresses: Vec<Authority>,
        most: usize,
    ) -> Self {
        let mut client = Client::builder(TokioExecutor::new());
        client
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE);
        let targets = addresses.iter().map(|authority| Target {
            authority: authority.clone(),
            host: HeaderValue::from_str(authority.as_str())
                .expect("invariant: an authority is header text"),
        });
        Self {
            name,
            prefix,
            targets: targets.collect(),
            next: AtomicUsize::new(0),
            in_flight: InFlight::new(name, most),
            client: client.build(Failover::new(addresses)),
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

    /// Writes the request's address: the next of the service's, and the path without the prefix.
    pub fn address(&self, request: &mut Request) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let target = &self.targets[turn % self.targets.len()];
        let public = request
            .uri()
            .path_and_query()
            .map_or("", PathAndQuery::as_str);
        let inner = public.strip_prefix(self.prefix).unwrap_or("/");
        let mut parts = axum::http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(target.authority.clone());
        parts.path_and_query =
            PathAndQuery::from_maybe_shared(Bytes::copy_from_slice(inner.as_bytes())).ok();
        *request.uri_mut() =
            Uri::from_parts(parts).expect("invariant: the rest of a good path is a good path");
        *request.version_mut() = Version::HTTP_11;
        request
            .headers_mut()
            .insert(header::HOST, target.host.clone());
    }

    /// Sends the request on a pooled connection; resolves with the head of the answer.
    pub async fn send(&self, request: Request) -> Result<Response<Incoming>, Error> {
        self.client.request(request).await
    }
}

/// Connects to the chosen address or, when nothing listens there, to the next one. It comes before
/// any byte of the request is sent, so requests of every method and body take part.
#[derive(Clone)]
struct Failover {
    tcp: HttpConnector,
    targets: Arc<[Uri]>,
}

impl Failover {
    fn new(addresses: Vec<Authority>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let targets = addresses.into_iter().map(|authority| {
            let uri = Uri::builder().scheme(Scheme::HTTP).authority(authority);
            uri.path_and_query("/").build()
        });
        Self {
            tcp,
            targets: targets
                .collect::<Result<_, _>>()
                .expect("invariant: scheme, authority and path make a URI"),
        }
    }
}

type BoxError = Box<dyn StdError + Send + Sync>;

impl Service<Uri> for Failover {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, chosen: Uri) -> Self::Future {
        let (mut tcp, targets) = (self.tcp.clone(), Arc::clone(&self.targets));
        Box::pin(async move {
            let is_chosen = |target: &Uri| target.authority() == chosen.authority();
            let first = targets.iter().position(is_chosen).unwrap_or(0);
            let mut refusal = BoxError::from("no address");
            for target in targets.iter().cycle().skip(first).take(targets.len()) {
                match tcp.call(target.clone()).await {
                    Ok(connection) => return Ok(connection),
                    Err(error) => refusal = error.into(),
                }
            }
            Err(refusal)
        })
    }
}
