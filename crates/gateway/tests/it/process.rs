//! The real binary: its start, its end, what it logs.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use gateway::MIGRATOR;
use serde_json::Value;
use service_kit::testing::{TestDatabase, eventually, free_port};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::{
    harness::{KEY_FILE, answer},
    upstreams::Upstream,
};

pub fn gateway(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub async fn run(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Output {
    let mut child = gateway(arguments, variables).spawn().expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    // A run that ends before it reads has closed the pipe.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let ended = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output());
    let ended = ended
        .await
        .unwrap_or_else(|_| panic!("{arguments:?} with {variables:?} runs on"));
    ended.expect("waited for")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A gateway process that serves on a port of its own.
pub struct Process {
    child: Child,
    pub url: String,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub async fn start(variables: &[(&str, &str)]) -> Self {
        let mut child = gateway(&[], variables).spawn().expect("started");
        let stdout = child.stdout.take().expect("piped");
        let mut stdout = BufReader::new(stdout).lines();
        let url = loop {
            let line = stdout
                .next_line()
                .await
                .expect("readable")
                .expect("it listens");
            let entry: Value = serde_json::from_str(&line).expect("JSON lines");
            if let Some(address) = entry["address"].as_str() {
                break format!("http://{address}");
            }
        };
        Self { child, url, stdout }
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = self.child.id().expect("running");
        let pid = rustix::process::Pid::from_raw(pid.cast_signed()).expect("a pid");
        rustix::process::kill_process(pid, signal).expect("signalled");
    }

    /// Exit code and everything that it logged since. Its log is taken while it ends: a full pipe
    /// would lose it the last lines.
    pub async fn end(self) -> (Option<i32>, String) {
        let Self { child, stdout, .. } = self;
        let ended = async { tokio::join!(child.wait_with_output(), rest(stdout)) };
        let ended = tokio::time::timeout(Duration::from_secs(20), ended);
        let (output, log) = ended.await.expect("it ends");
        let output = output.expect("waited for");
        (output.status.code(), log + &text(&output.stderr))
    }
}

async fn rest(mut lines: Lines<BufReader<ChildStdout>>) -> String {
    let mut rest = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        rest.push_str(&line);
        rest.push('\n');
    }
    rest
}

pub fn serving<'a>(database: &'a TestDatabase, keys: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("DATABASE_URL", database.url.as_str()),
        ("JWT_KEYS", keys),
        ("SERVICE_KEY", keys),
        ("PORT", "0"),
        ("METRICS_ADDR", "off"),
    ]
}

pub fn folder() -> PathBuf {
    let folder = KEY_FILE.with_file_name(ulid::Ulid::new().to_string());
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_configuration_stops_the_start_and_names_its_variable() {
    let database = TestDatabase::create(&MIGRATOR).await;
    let key = KEY_FILE.display().to_string();
    let good = serving(&database, &key);
    let garbage = folder().join("garbage.pem");
    std::fs::write(&garbage, "no key").expect("written");
    let garbage = garbage.display().to_string();
    let twice = format!("{key},{key}");
    for (variable, value) in [
        ("JWT_KEYS", ""),
        ("JWT_KEYS", "/nowhere/key.pem"),
        ("JWT_KEYS", &garbage),
        ("JWT_KEYS", &twice),
        ("SERVICE_KEY", ""),
        ("SERVICE_KEY", "/nowhere/key.pem"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "postgres://x"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("HOST", "somewhere"),
        ("JWT_EXPIRY", "soon"),
        ("FLIGHT_SERVICE", "nonsense"),
        ("BOOKING_SERVICE", "https://127.0.0.1:4000"),
        ("NOTIFICATION_SERVICE", "http://127.0.0.1:8000/path"),
        ("RATE_LIMIT_MAX", "-5"),
        ("RATE_LIMIT_MAX", "many"),
        ("RATE_LIMIT_WINDOW", "0"),
        ("RATE_LIMITS", "search=many"),
        ("RATE_LIMITS", "serach=300/60s"),
        ("METRICS_ADDR", "5001"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("TRUSTED_PROXIES", "10.0.0.0/64"),
        ("RUST_LOG", "info,gateway=loudly"),
    ] {
        let mut variables = good.clone();
        variables.retain(|(name, _)| *name != variable);
        variables.push((variable, value));
        let refused = run(&[], &variables, "").await;
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{variable}={value}");
        assert!(
            said.contains(&format!("{variable}: ")),
            "{variable}={value}: {said}"
        );
    }
    let migrate = run(&["migrate"], &[], "").await;
    assert!(text(&migrate.stderr).contains("MIGRATE_DATABASE_URL"));
    assert!(!migrate.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_port_was_taken_stayed_alive() {
    let database = TestDatabase::create(&MIGRATOR).await;
    let key = KEY_FILE.display().to_string();
    let taken = free_port().await;
    let port = taken.local_addr().expect("bound").port().to_string();
    let mut variables = serving(&database, &key);
    variables.retain(|(name, _)| *name != "PORT");
    variables.push(("PORT", &port));
    let started = Instant::now();
    let refused = run(&[], &variables, "").await;
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert!(said.contains("PORT: ") && said.contains(&port), "{said}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_requests_end_and_exits_with_0() {
    let database = TestDatabase::create(&MIGRATOR).await;
    let key = KEY_FILE.display().to_string();
    let upstream = Upstream::start().await;
    let mut variables = serving(&database, &key);
    variables.push(("FLIGHT_SERVICE", &upstream.url));
    let process = Process::start(&variables).await;
    let client = reqwest::Client::new();
    let url = format!("{}/flightsService/api/v1/flight?do=hold", process.url);
    let mut running = client.get(&url).send().await.expect("a head");
    assert_eq!(
        running.chunk().await.expect("readable").as_deref(),
        Some(&b"first "[..])
    );

    process.signal(rustix::process::Signal::TERM);
    let told = Instant::now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = client.get(&url).send().await;
    assert!(
        refused.is_err(),
        "a stopping gateway takes no new connection"
    );
    upstream.release();
    assert_eq!(running.text().await.expect("the rest"), "second");
    let (code, log) = process.end().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(told.elapsed() < Duration::from_secs(15));
    assert!(log.contains("\"stopped\""), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_held_passwords() {
    let database = TestDatabase::create(&MIGRATOR).await;
    let key = KEY_FILE.display().to_string();
    let mut variables = serving(&database, &key);
    let logs = folder();
    let logs_path = logs.display().to_string();
    variables.extend([
        ("RUST_LOG", "debug"),
        ("LOG_DIR", &logs_path),
        ("JWT_SECRET", "canary-jwt-secret"),
    ]);
    let process = Process::start(&variables).await;
    let client = reqwest::Client::new();
    let post = async |path: &str, body: Value| {
        let request = client.post(format!("{}{path}", process.url));
        answer(request.bearer_auth("canary-token").json(&body)).await
    };
    let email = "canary-mail@example.test";
    let body =
        serde_json::json!({"email": email, "password": "canary-password", "name": "canary-name"});
    assert_eq!(post("/api/v1/signup", body.clone()).await.status, 200);
    assert_eq!(post("/api/v1/signup", body.clone()).await.status, 409);
    let body = serde_json::json!({"email": email, "password": "canary-password"});
    let signed_in = post("/api/v1/signin", body).await;
    assert_eq!(signed_in.status, 200);
    let bad =
        serde_json::json!({"email": "canary-mail", "password": "canary", "canary-field": "canary"});
    assert_eq!(post("/api/v1/signup", bad).await.status, 422);
    for (path, body) in [
        ("password/forgot", serde_json::json!({"email": email})),
        ("email/verify", serde_json::json!({"token": "canary-link"})),
        (
            "password/reset",
            serde_json::json!({"token": "canary-link", "newPassword": "canary-password"}),
        ),
    ] {
        post(&format!("/api/v1/{path}"), body).await;
    }
    let links = async || -> Vec<String> {
        let sql = "SELECT CAST(JSON_VALUE(payload, '$.params.link') AS CHAR) FROM Outbox
                   WHERE topic = 'email'";
        let links = sqlx::query_scalar(sql).fetch_all(&database.admin);
        links.await.expect("links")
    };
    eventually("the link is mailed", async || links().await.len() == 2).await;
    let links = links().await;
    let link_tokens = links.iter().filter_map(|link| link.split_once("?token="));
    let link_tokens: Vec<&str> = link_tokens.map(|(_, token)| token).collect();
    assert_eq!(link_tokens.len(), 2);
    post("/api/v1/canary-path?canary=query", Value::Null).await;
    process.signal(rustix::process::Signal::TERM);
    let (code, log) = process.end().await;
    let log = log + &everything_in(&logs);
    assert_eq!(code, Some(0));
    assert!(log.contains("JWT_SECRET is not read"), "{log}");
    let token = signed_in.json["data"]["jwt"].as_str().expect("a token");
    let secrets = ["canary", token, "argon2id", &database.url];
    for secret in secrets.iter().chain(&link_tokens) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

fn everything_in(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).expect("a folder");
    let read = files.map(|file| std::fs::read_to_string(file.expect("a file").path()));
    read.map(|text| text.expect("text")).collect()
}
