//! The gateway's listener with the limits it really has.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use service_kit::testing::{TestDatabase, closed_port, eventually};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

use crate::{
    harness::{Gateway, KEY_FILE, admin},
    proxy::raw,
    upstreams::Upstream,
};
use gateway::MIGRATOR;

const PING: &[u8] = b"GET /api/v1/ping HTTP/1.1\r\nhost: g\r\n\r\n";

async fn connect(url: &str) -> TcpStream {
    let address = url.trim_start_matches("http://");
    TcpStream::connect(address).await.expect("connected")
}

/// What comes until the gateway closes, and when that is.
async fn rest(stream: &mut TcpStream) -> (String, Duration) {
    let started = Instant::now();
    let mut text = String::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_string(&mut text));
    read.await.expect("it closes").expect("without a reset");
    (text, started.elapsed())
}

/// The status of the answer to a ping on this connection; 0 if it ends before.
async fn ping(stream: &mut TcpStream) -> u16 {
    let mut answer = [0; 2048];
    if stream.write_all(PING).await.is_err() {
        return 0;
    }
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut answer)).await;
    let read = read.ok().and_then(Result::ok).unwrap_or(0);
    let status = String::from_utf8_lossy(&answer[..read]);
    let status = status
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_gone_in_time_and_kept_connections_stay() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &upstream.url)]).await;
    let silent = async {
        let (text, after) = rest(&mut connect(&gateway.url).await).await;
        assert_eq!(text, "");
        assert!((5..8).contains(&after.as_secs()), "{after:?}");
    };
    let half = async {
        let mut stream = connect(&gateway.url).await;
        stream.write_all(&PING[..20]).await.expect("written");
        let (text, after) = rest(&mut stream).await;
        assert!(text.starts_with("HTTP/1.1 408"), "{text}");
        assert!((5..8).contains(&after.as_secs()), "{after:?}");
    };
    let stalled = async {
        let started = Instant::now();
        let token = admin();
        let head = format!(
            "POST /flightsService/api/v1/city HTTP/1.1\r\nhost: g\r\nauthorization: Bearer {token}\r\n\
             content-length: 10\r\n\r\nhalf"
        );
        let answer = raw(&gateway, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
        assert!((8..11).contains(&started.elapsed().as_secs()));
    };
    let kept = async {
        let mut stream = connect(&gateway.url).await;
        assert_eq!(ping(&mut stream).await, 200);
        tokio::time::sleep(Duration::from_secs(8)).await;
        assert_eq!(ping(&mut stream).await, 200);
    };
    tokio::join!(silent, half, stalled, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_in_doubt_is_handed_on() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &upstream.url)]).await;
    let path = "/flightsService/api/v1/flight";
    let smuggled = format!("GET {path} HTTP/1.1\r\nhost: g\r\n\r\n");
    for (name, status, request) in [
        (
            "two lengths",
            400,
            format!(
                "GET {path} HTTP/1.1\r\nhost: g\r\ncontent-length: 5\r\n\
                 transfer-encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
            ),
        ),
        (
            "two hosts",
            400,
            format!("GET {path} HTTP/1.1\r\nhost: g\r\nhost: h\r\n\r\n"),
        ),
        ("no host", 400, format!("GET {path} HTTP/1.1\r\n\r\n")),
        (
            "long path",
            414,
            format!(
                "GET {path}?{} HTTP/1.1\r\nhost: g\r\n\r\n",
                "x".repeat(9_000)
            ),
        ),
        (
            "long header",
            431,
            format!(
                "GET {path} HTTP/1.1\r\nhost: g\r\nx: {}\r\n\r\n",
                "x".repeat(99_000)
            ),
        ),
    ] {
        let answer = raw(&gateway, request.as_bytes()).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{name}: {answer}");
        assert!(
            answer.contains("application/problem+json"),
            "{name}: {answer}"
        );
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
    }
    assert!(upstream.seen().is_empty(), "{:?}", upstream.seen());
}

/// A gateway process, and where it listens.
struct Process {
    child: Child,
    url: String,
    _database: TestDatabase,
}

/// Starts one with these variables and as many files as it may have open, if it asks for more
/// than 30.
async fn process(variables: &[(&str, &str)], files: u32) -> Process {
    let database = TestDatabase::create(&MIGRATOR).await;
    let mut child = Command::new("sh")
        .args([
            "-c",
            "ulimit -S -n 30 && ulimit -H -n \"$1\" && exec \"$0\"",
        ])
        .args([env!("CARGO_BIN_EXE_gateway"), &files.to_string()])
        .env_clear()
        .env("METRICS_ADDR", "off")
        .envs(variables.iter().copied())
        .env("DATABASE_URL", &database.url)
        .env("JWT_KEYS", KEY_FILE.display().to_string())
        .env("SERVICE_KEY", KEY_FILE.display().to_string())
        .env("PORT", "0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let url = loop {
        let line = lines
            .next_line()
            .await
            .expect("readable")
            .expect("it listens");
        let entry: serde_json::Value = serde_json::from_str(&line).expect("JSON lines");
        if let Some(address) = entry["address"].as_str() {
            break format!("http://{address}");
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Process {
        child,
        url,
        _database: database,
    }
}

async fn metrics(private: &str) -> String {
    let shown = reqwest::get(format!("http://{private}/metrics")).await;
    shown.expect("shown").text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_says_how_many_may_connect() {
    let private = format!("127.0.0.1:{}", closed_port());
    let variables = [
        ("MAX_CONNECTIONS_PER_ADDRESS", "2"),
        ("METRICS_ADDR", private.as_str()),
    ];
    let gateway = process(&variables, 1_000).await;
    let mut first = connect(&gateway.url).await;
    let mut second = connect(&gateway.url).await;
    assert_eq!(
        (ping(&mut first).await, ping(&mut second).await),
        (200, 200)
    );
    let (refused, _) = rest(&mut connect(&gateway.url).await).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    drop(first);
    eventually("there is room again", async || {
        ping(&mut connect(&gateway.url).await).await == 200
    })
    .await;
    let metrics = metrics(&private).await;
    let refused = r#"connections_refused_total{service="gateway",reason="address"}"#;
    assert!(metrics.contains(refused), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_number_of_connections_stops_the_start() {
    let database = TestDatabase::create(&MIGRATOR).await;
    for (variable, value) in [
        ("MAX_CONNECTIONS", "0"),
        ("MAX_CONNECTIONS", "many"),
        ("MAX_CONNECTIONS_PER_ADDRESS", "-1"),
    ] {
        let ended = Command::new(env!("CARGO_BIN_EXE_gateway"))
            .env_clear()
            .env("DATABASE_URL", &database.url)
            .env("JWT_KEYS", KEY_FILE.display().to_string())
            .env("SERVICE_KEY", KEY_FILE.display().to_string())
            .env("PORT", "0")
            .env("METRICS_ADDR", "off")
            .env(variable, value)
            .kill_on_drop(true)
            .output();
        let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
        let ended = ended.expect("it ends").expect("started");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{variable}={value}");
        assert!(said.contains(&format!("{variable}: must be")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_all_the_descriptors_that_it_may_have() {
    let gateway = process(&[], 345).await;
    let pid = gateway.child.id().expect("running");
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).expect("there");
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = files.and_then(|line| line.split_whitespace().nth(3));
    assert_eq!(soft, Some("345"));
}

/// Milliseconds of processor time that a process has used.
fn cpu_ms(child: &Child) -> u64 {
    let pid = child.id().expect("running");
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("there");
    let fields = stat.rsplit(") ").next().expect("fields").split(' ');
    let ticks = fields
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().expect("ticks"));
    ticks.sum::<u64>() * 10
}

#[tokio::test(flavor = "multi_thread")]
async fn without_descriptors_it_waits_for_some() {
    let private = format!("127.0.0.1:{}", closed_port());
    let mut gateway = process(&[("METRICS_ADDR", &private)], 40).await;
    let mut connections = vec![];
    for _ in 0..80 {
        connections.push(connect(&gateway.url).await);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = cpu_ms(&gateway.child);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let used = cpu_ms(&gateway.child) - before;
    assert!(used < 300, "{used} ms of a second: it spins");
    drop(connections);
    eventually("it answers again", async || {
        ping(&mut connect(&gateway.url).await).await == 200
    })
    .await;
    assert!(gateway.child.try_wait().expect("asked").is_none());
    let metrics = metrics(&private).await;
    let errors = r#"accept_errors_total{service="gateway"}"#;
    assert!(metrics.contains(errors), "{metrics}");
}
