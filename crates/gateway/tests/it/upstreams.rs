//! A service behind the gateway: a real server on a port of its own that remembers what it was
//! asked, and does what the query says.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response, Sse, sse::Event},
    serve::ListenerExt,
};
use futures::StreamExt;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

/// What `do=slow` takes, one request after the other.
pub const SLOW: Duration = Duration::from_millis(100);

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    given_up: AtomicUsize,
    one_at_a_time: tokio::sync::Mutex<()>,
    first_chunk: Notify,
    release: Notify,
}

/// The server; gone when dropped.
pub struct Upstream {
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Upstream {
    pub async fn start() -> Self {
        Self::at("127.0.0.1:0").await
    }

    pub async fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .fallback(serve)
            .with_state(Arc::clone(&shared));
        let counted = Arc::clone(&shared);
        let listener = listener.tap_io(move |_| {
            counted.connections.fetch_add(1, Ordering::SeqCst);
        });
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, shared, task }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().expect("no panic").clone()
    }

    pub fn last(&self) -> Seen {
        self.seen().pop().expect("a request arrived")
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Requests whose answer was dropped before its end.
    pub fn given_up(&self) -> usize {
        self.shared.given_up.load(Ordering::SeqCst)
    }

    /// Waits until the first piece of a body has arrived.
    pub async fn first_chunk(&self) {
        self.shared.first_chunk.notified().await;
    }

    /// Lets an answer that was held go on.
    pub fn release(&self) {
        self.shared.release.notify_one();
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut chunks = body.into_data_stream();
    let mut received = Vec::new();
    while let Some(Ok(chunk)) = chunks.next().await {
        shared.first_chunk.notify_one();
        received.extend_from_slice(&chunk);
    }
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: received.into(),
    };
    shared.seen.lock().expect("no panic").push(seen);
    match parts.uri.query().unwrap_or("") {
        "do=hang" => {
            let _given_up = GivenUp(shared);
            std::future::pending().await
        }
        "do=events" => events(shared),
        "do=slow" => {
            let _turn = shared.one_at_a_time.lock().await;
            tokio::time::sleep(SLOW).await;
            private().into_response()
        }
        "do=hold" => held(shared),
        "do=refuse" => (
            StatusCode::CONFLICT,
            [("content-type", "application/problem+json")],
            r#"{"code":"NO_SEATS"}"#,
        )
            .into_response(),
        "do=large" => vec![b'x'; 20_000_000].into_response(),
        _ => private().into_response(),
    }
}

/// Counts when it is dropped.
struct GivenUp(Arc<Shared>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.given_up.fetch_add(1, Ordering::SeqCst);
    }
}

/// Events without end, each once the test says so.
fn events(shared: Arc<Shared>) -> Response {
    let events = futures::stream::unfold((0, GivenUp(shared)), async |(number, held)| {
        held.0.release.notified().await;
        let event = Event::default().data(number.to_string());
        Some((Ok::<_, Infallible>(event), (number + 1, held)))
    });
    Sse::new(events).into_response()
}

/// An answer in two pieces, the second once the test says so.
fn held(shared: Arc<Shared>) -> Response {
    let first = futures::stream::once(async { Bytes::from_static(b"first ") });
    let second = futures::stream::once(async move {
        shared.release.notified().await;
        Bytes::from_static(b"second")
    });
    Body::from_stream(first.chain(second).map(Ok::<_, std::io::Error>)).into_response()
}

/// An answer with headers that concern the connection alone.
fn private() -> impl IntoResponse {
    let headers = [
        ("connection", "keep-alive, x-private"),
        ("keep-alive", "timeout=5"),
        ("x-private", "1"),
        ("x-public", "1"),
    ];
    (headers, "answered")
}
