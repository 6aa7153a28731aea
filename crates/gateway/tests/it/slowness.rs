//! Readers that are slower than writers, on either side: what nobody takes is not read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
};
use futures::StreamExt;
use gateway::proxy::Upstream;
use service_kit::testing::eventually;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::Instant,
};

use crate::{harness::Gateway, proxy::SEARCH};

const PIECE: usize = 64 * 1024;
/// What two kernels' buffers on each side may hold, and some pieces on their way.
const ON_ITS_WAY: usize = 32 * 1024 * 1024;

/// Pieces, and how many bytes of them were taken.
fn pieces(count: usize) -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let pieces = futures::stream::repeat(Bytes::from(vec![b'x'; PIECE])).take(count);
    let pieces = pieces.inspect(move |piece| {
        counter.fetch_add(piece.len(), Ordering::SeqCst);
    });
    let body = Body::from_stream(pieces.map(Ok::<_, std::io::Error>));
    (body, taken)
}

/// Waits until a count stands still; what it is.
async fn settled(count: &AtomicUsize) -> usize {
    let before = AtomicUsize::new(usize::MAX);
    eventually("it stands still", async || {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = count.load(Ordering::SeqCst);
        before.swap(now, Ordering::SeqCst) == now
    })
    .await;
    before.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_waits_for_a_service_that_does_not_read() {
    const COUNT: usize = 2_000;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let authority = listener.local_addr().expect("bound").to_string();
    let authority = authority.parse().expect("an authority");
    let upstream = Upstream::new("flights", "/flightsService", vec![authority], 1);
    let (body, taken) = pieces(COUNT);
    let request = Request::post("/flightsService/api/v1/import").body(body);
    let end = Instant::now() + Duration::from_secs(120);
    let sending = tokio::spawn(async move {
        let answer = upstream.send(request.expect("a request"), end).await;
        answer.map(|answer| answer.status().as_u16()).ok()
    });
    let (mut service, _) = listener.accept().await.expect("a connection");
    let before = settled(&taken).await;
    assert!((1..ON_ITS_WAY).contains(&before), "{before}");

    let mut read = vec![0; PIECE];
    let mut arrived = 0;
    while !read.ends_with(b"0\r\n\r\n") {
        read.resize(PIECE, 0);
        let length = service.read(&mut read).await.expect("more");
        arrived += length;
        read.truncate(length);
    }
    assert!(arrived > COUNT * PIECE, "{arrived}");
    let ok = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    service.write_all(ok).await.expect("written");
    assert_eq!(sending.await.expect("no panic"), Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_waits_for_a_client_that_does_not_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    tokio::spawn(async move {
        let (mut service, _) = listener.accept().await.expect("a connection");
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n";
        service.write_all(head).await.expect("written");
        let piece = vec![b'x'; PIECE];
        while let Ok(length) = service.write(&piece).await {
            counter.fetch_add(length, Ordering::SeqCst);
        }
    });
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &url)]).await;
    let address = gateway.url.trim_start_matches("http://");
    let mut client = TcpStream::connect(address).await.expect("connected");
    let request = format!("GET {SEARCH} HTTP/1.1\r\nhost: g\r\n\r\n");
    client.write_all(request.as_bytes()).await.expect("written");
    let before = settled(&written).await;
    assert!((1..ON_ITS_WAY).contains(&before), "{before}");

    let mut read = vec![0; before + ON_ITS_WAY];
    client.read_exact(&mut read).await.expect("it goes on");
    assert!(written.load(Ordering::SeqCst) > before);
}
