//! A service behind the gateway: a real server on a port of its own that remembers what it was
//! asked, and does what the query says.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    serve::ListenerExt,
};
use futures::StreamExt;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

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
        "do=hang" => std::future::pending().await,
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
