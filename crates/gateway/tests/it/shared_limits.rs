//! The limits that gateways share in Redis, and what becomes of them without it.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

use gateway::MIGRATOR;
use rustix::process::Signal;
use serde_json::json;
use service_kit::testing::{RedisServer, TestDatabase, eventually, http};

use crate::{
    harness::{Answer, Gateway, KEY_FILE, answer, token},
    limits::{PING, standings},
    process::{Process, serving},
};

/// Asks Redis.
async fn redis<T: redis::FromRedisValue>(url: &str, words: &[&str]) -> T {
    let client = redis::Client::open(url).expect("a good URL");
    let connection = client.get_multiplexed_async_connection().await;
    let mut connection = connection.expect("Redis answers");
    let mut command = redis::cmd(words[0]);
    let command = command.arg(&words[1..]);
    command.query_async(&mut connection).await.expect("asked")
}

async fn keys(url: &str) -> Vec<String> {
    redis(url, &["KEYS", "airside:limit:*"]).await
}

async fn ping(gateway: &str, user: i64) -> Answer {
    let request = http().get(format!("{gateway}{PING}"));
    answer(request.bearer_auth(token(user, "CUSTOMER"))).await
}

/// Waits until a gateway counts in Redis: a user who was never seen gets a key there.
async fn until_it_shares(gateway: &str, redis: &str) {
    static NOBODY: AtomicI64 = AtomicI64::new(5_000_000);
    eventually("limits are shared", || async {
        let of_default = async || {
            let mut keys = keys(redis).await;
            keys.retain(|key| key.starts_with("airside:limit:default:"));
            keys.len()
        };
        let before = of_default().await;
        let user = NOBODY.fetch_add(1, Ordering::Relaxed);
        assert_eq!(ping(gateway, user).await.status, 200);
        of_default().await > before
    })
    .await;
}

/// How many requests of a user are served until each gateway refuses, and the last refusal.
async fn served(gateways: [&str; 2], user: i64) -> (usize, Answer) {
    let mut served = 0;
    let mut refusal = None;
    for gateway in gateways.into_iter().cycle() {
        let answer = ping(gateway, user).await;
        match (answer.status, &refusal) {
            (200, _) => served += 1,
            (429, Some(_)) => return (served, answer),
            (429, None) => refusal = Some(answer),
            _ => panic!("{}", answer.text),
        }
        if served > 2_000 {
            break;
        }
    }
    panic!("nobody refuses")
}

fn variables<'a>(
    database: &'a TestDatabase,
    redis: &'a str,
    max: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut variables = serving(database, KEY_FILE.to_str().expect("text"));
    variables.extend([
        ("REDIS_URL", redis),
        ("RATE_LIMIT_MAX", max),
        ("RATE_LIMIT_WINDOW", "1h"),
    ]);
    variables
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_a_quota() {
    let mut server = RedisServer::stopped();
    server.start().await;
    let database = TestDatabase::create(&MIGRATOR).await;
    for (user, (max, off)) in [("40", 0), ("600", 24)].into_iter().enumerate() {
        let user = user as i64;
        let variables = variables(&database, &server.url, max);
        let (first, second) = (
            Process::start(&variables).await,
            Process::start(&variables).await,
        );
        for process in [&first, &second] {
            until_it_shares(&process.url, &server.url).await;
        }
        let (served, refused) = served([&first.url, &second.url], user).await;
        // A lot for each of them may be lost: a fiftieth of the quota, of less than 100 nothing.
        let quota: usize = max.parse().expect("a number");
        assert!((quota - off..=quota).contains(&served), "{served} of {max}");
        refused.is_problem(429, "RATE_LIMITED");
        for process in [first, second] {
            process.signal(Signal::TERM);
            assert_eq!(process.end().await.0, Some(0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_each_gateway_limits_by_itself_and_with_it_they_share_again() {
    let mut server = RedisServer::stopped();
    server.start().await;
    let limits = [
        ("RATE_LIMIT_MAX", "20"),
        ("RATE_LIMIT_WINDOW", "1h"),
        ("REDIS_URL", &server.url),
    ];
    let (first, second) = (Gateway::with(&limits).await, Gateway::with(&limits).await);
    let both = [first.url.as_str(), second.url.as_str()];
    for gateway in both {
        until_it_shares(gateway, &server.url).await;
    }
    assert_eq!(served(both, 1).await.0, 20);

    // In the middle of what somebody does: nothing but 200 and, at its own limit, 429.
    for gateway in [both[0], both[1], both[0]] {
        assert_eq!(ping(gateway, 2).await.status, 200);
    }
    server.kill();
    assert_eq!(3 + served(both, 2).await.0, 2 * 20);
    let (alone, refused) = served(both, 3).await;
    assert_eq!(alone, 2 * 20);
    refused.is_problem(429, "RATE_LIMITED");
    assert_eq!(standings(&refused)[0].1["r"], 0);

    server.start().await;
    for gateway in both {
        until_it_shares(gateway, &server.url).await;
    }
    assert_eq!(served(both, 4).await.0, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_costs_one_request_its_deadline_and_the_others_nothing() {
    let mut server = RedisServer::stopped();
    server.start().await;
    let database = TestDatabase::create(&MIGRATOR).await;
    let process = Process::start(&variables(&database, &server.url, "1000")).await;
    until_it_shares(&process.url, &server.url).await;

    server.hold();
    let started = Instant::now();
    assert_eq!(ping(&process.url, 1).await.status, 200);
    // 50 ms, and what a busy machine adds.
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    let started = Instant::now();
    for user in 2..202 {
        assert_eq!(ping(&process.url, user).await.status, 200);
    }
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );

    server.let_go();
    until_it_shares(&process.url, &server.url).await;
    process.signal(Signal::TERM);
    let (code, log) = process.end().await;
    assert_eq!(code, Some(0), "{log}");
    // What it said before it listened is not in this log. On a busy machine Redis is late once more.
    let said = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    let losses = said("Redis is away: each gateway limits by itself");
    assert!((1..=5).contains(&losses), "{log}");
    assert_eq!(
        said("gateways share their limits in Redis"),
        losses,
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_starts_without_redis_limits_by_itself() {
    let server = RedisServer::stopped();
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "3"), ("REDIS_URL", &server.url)]).await;
    for left in [2, 1, 0] {
        let answer = ping(&gateway.url, 1).await;
        assert_eq!((answer.status, standings(&answer)[0].1["r"]), (200, left));
    }
    ping(&gateway.url, 1).await.is_problem(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_redis_goes_by_itself_and_says_nobody_s_name() {
    let mut server = RedisServer::stopped();
    server.start().await;
    let gateway = Gateway::with(&[
        ("RATE_LIMIT_MAX", "100"),
        ("RATE_LIMIT_WINDOW", "1000s"),
        ("REDIS_URL", &server.url),
    ])
    .await;
    until_it_shares(&gateway.url, &server.url).await;
    let body = json!({"email": "ada@example.test", "password": "not the password"});
    assert_eq!(gateway.post("/api/v1/signin", &body).await.status, 401);
    ping(&gateway.url, 77_777_777).await;
    let found = keys(&server.url).await;
    for policy in [
        "default",
        "sign-in",
        "sign-in-account-network",
        "sign-in-account",
    ] {
        let prefix = format!("airside:limit:{policy}:");
        assert!(
            found.iter().any(|key| key.starts_with(&prefix)),
            "{found:?}"
        );
    }
    for key in found {
        for name in ["ada", "example", "127.0.0.1", "77777777"] {
            assert!(!key.contains(name), "{key}");
        }
        // A key that has gone by now has gone by itself; 90 s is what one wrong password takes.
        let left: i64 = redis(&server.url, &["PTTL", &key]).await;
        assert!(left == -2 || (1..=90_000).contains(&left), "{key}: {left}");
    }
}
