//! What a service lets its clients take, as seen from raw sockets.

mod deadline;
mod end;
mod framing;
mod room;
mod shape;
mod time;

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, header},
    response::Html,
    routing::{get, post},
};
use service_kit::{
    Service,
    config::Env,
    db::DatabaseConfig,
    service::Limits,
    testing::{Running, eventually},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::life::service_on;

/// The product's limits with a tenth of its patience.
fn limits() -> Limits {
    Limits {
        first_byte: Duration::from_millis(300),
        head: Duration::from_millis(300),
        body: Duration::from_millis(300),
        write: Duration::from_millis(500),
        idle: Duration::from_millis(1_500),
        ..Limits::default()
    }
}

fn routes() -> Router {
    let slow = async || {
        tokio::time::sleep(Duration::from_secs(1)).await;
        "slow"
    };
    let cached = async || ([(header::CACHE_CONTROL, "max-age=60")], "cached");
    let endless = async || {
        let piece = Bytes::from_static(&[b'x'; 16 * 1024]);
        Body::from_stream(futures::stream::repeat_with(move || {
            Ok::<_, std::io::Error>(piece.clone())
        }))
    };
    Router::new()
        .route("/hello", get(async || "hello"))
        .route("/echo", post(async |body: Bytes| body))
        .route(
            "/host",
            get(async |headers: HeaderMap| format!("{:?}", headers.get("host"))),
        )
        .route("/page", get(async || Html("<p>a page")))
        .route("/cached", get(cached))
        .route("/slow", get(slow))
        .route("/never", get(async || std::future::pending::<()>().await))
        .route("/endless", get(endless))
        .route("/panics", get(async || -> () { panic!("on purpose") }))
}

/// A service with these routes and no database, which nothing here asks for.
async fn service(limits: Limits) -> Service {
    let env = Env::from_pairs([("DATABASE_URL", "mysql://nobody:x@127.0.0.1:1/none")]);
    let database = DatabaseConfig::from_env(&env, "").unwrap();
    service_on(database, routes()).await.with_limits(limits)
}

async fn running(limits: Limits) -> Running {
    Running::start(service(limits).await)
}

/// A client that sends what no HTTP client would.
struct Client {
    stream: TcpStream,
    since: Instant,
}

impl Client {
    async fn connect(running: &Running) -> Self {
        let address = running.url.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            since: Instant::now(),
        }
    }

    /// One that has sent this.
    async fn sending(running: &Running, text: &str) -> Self {
        let mut client = Self::connect(running).await;
        client.send(text).await;
        client
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next answer, which says how long it is.
    async fn answer(&mut self) -> Answer {
        let mut text = String::new();
        while !text.ends_with("\r\n\r\n") {
            let byte = self.stream.read_u8().await.expect("a whole head");
            text.push(byte.into());
        }
        let length = Answer { text: text.clone() }
            .header("content-length")
            .parse();
        let mut body = vec![0; length.expect("a length")];
        self.stream.read_exact(&mut body).await.unwrap();
        text.push_str(&String::from_utf8(body).unwrap());
        Answer { text }
    }

    /// Everything until the service closes, and when that was, since connecting.
    async fn rest(&mut self) -> (Answer, Duration) {
        let mut bytes = vec![];
        let read = self.stream.read_to_end(&mut bytes);
        let read = tokio::time::timeout(Duration::from_secs(10), read).await;
        read.expect("the service closes").expect("without a reset");
        let text = String::from_utf8(bytes).unwrap();
        (Answer { text }, self.since.elapsed())
    }
}

/// An answer as it was read; empty if there was none.
struct Answer {
    text: String,
}

impl Answer {
    fn status(&self) -> u16 {
        let status = self.text.split(' ').nth(1);
        status.map_or(0, |status| status.parse().unwrap())
    }

    fn header(&self, name: &str) -> &str {
        let lines = self.text.split("\r\n").take_while(|line| !line.is_empty());
        let mut pairs = lines.filter_map(|line| line.split_once(": "));
        pairs
            .find(|(found, _)| *found == name)
            .map_or("", |(_, value)| value)
    }

    fn body(&self) -> &str {
        self.text
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
    }

    /// It is this problem and the last answer on its connection.
    fn is_last_problem(&self, status: u16, case: &str) {
        assert_eq!(self.status(), status, "{case}: {}", self.text);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{case}"
        );
        assert_eq!(self.header("connection"), "close", "{case}: {}", self.text);
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{case}");
        assert_ne!(self.header("date"), "", "{case}");
        let problem: serde_json::Value = serde_json::from_str(self.body()).expect(case);
        assert_eq!(problem["status"], status, "{case}");
        assert_eq!(problem["success"], false, "{case}");
        assert!(problem["code"].is_string(), "{case}");
        assert_ne!(self.header("x-correlation-id"), "", "{case}");
        assert_eq!(
            problem["correlationId"],
            self.header("x-correlation-id"),
            "{case}"
        );
    }
}

const HELLO: &str = "GET /hello HTTP/1.1\r\nhost: a\r\n\r\n";
