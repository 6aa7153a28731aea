//! The limit per client.

use reqwest::Method;

use crate::harness::{Answer, Gateway, answer, token};

const PING: &str = "/api/v1/ping";

fn remaining(answer: &Answer) -> (u16, &str, &str) {
    (
        answer.status,
        answer.header("ratelimit-limit"),
        answer.header("ratelimit-remaining"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_told_how_it_stands_and_then_refused() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "3"), ("RATE_LIMIT_WINDOW", "300s")]).await;
    // Refusals and unknown paths count as much as answers do.
    for (path, status, left) in [
        (PING, 200, "2"),
        ("/api/v1/me", 401, "1"),
        ("/nowhere", 404, "0"),
    ] {
        let answer = gateway.get_openly(path).await;
        assert_eq!(remaining(&answer), (status, "3", left));
        assert!((1..=300).contains(&answer.header("ratelimit-reset").parse().expect("seconds")));
    }
    let refused = gateway.get_openly(PING).await;
    refused.is_problem(429, "RATE_LIMITED");
    assert_eq!(remaining(&refused), (429, "3", "0"));
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((90..=100).contains(&wait), "{wait}");
    assert_eq!(
        gateway.get_openly("/livez").await.status,
        200,
        "health is not limited"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_as_told_is_served() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "1"), ("RATE_LIMIT_WINDOW", "4s")]).await;
    assert_eq!(gateway.get_openly(PING).await.status, 200);
    let refused = gateway.get_openly(PING).await;
    refused.is_problem(429, "RATE_LIMITED");
    let seconds = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=4).contains(&seconds), "{seconds}");
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    assert_eq!(gateway.get_openly(PING).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_counted_each_for_themselves() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "2")]).await;
    let (ada, eve) = (token(1, "CUSTOMER"), token(2, "CUSTOMER"));
    for _ in 0..2 {
        assert_eq!(gateway.get(PING, &ada).await.status, 200);
    }
    gateway
        .get(PING, &ada)
        .await
        .is_problem(429, "RATE_LIMITED");
    // Another token of the same user is the same client, a bad one is only an address.
    gateway
        .get(PING, &token(1, "ADMIN"))
        .await
        .is_problem(429, "RATE_LIMITED");
    assert_eq!(
        gateway.get(PING, &eve).await.header("ratelimit-remaining"),
        "1"
    );
    assert_eq!(
        gateway.get_openly(PING).await.header("ratelimit-remaining"),
        "1"
    );
    assert_eq!(
        gateway
            .get(PING, "nonsense")
            .await
            .header("ratelimit-remaining"),
        "0"
    );
    gateway
        .get(PING, "more nonsense")
        .await
        .is_problem(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_believed_from_trusted_proxies_alone() {
    let claim = async |gateway: &Gateway, address: &str| {
        let request = gateway.request(Method::GET, PING);
        answer(request.header("x-forwarded-for", address))
            .await
            .status
    };
    let open = Gateway::with(&[("RATE_LIMIT_MAX", "1")]).await;
    assert_eq!(claim(&open, "203.0.113.1").await, 200);
    assert_eq!(
        claim(&open, "203.0.113.2").await,
        429,
        "a made-up address is no new client"
    );
    let variables = [("RATE_LIMIT_MAX", "1"), ("TRUSTED_PROXIES", "127.0.0.0/8")];
    let behind = Gateway::with(&variables).await;
    assert_eq!(claim(&behind, "203.0.113.1").await, 200);
    assert_eq!(claim(&behind, "203.0.113.2").await, 200);
    assert_eq!(claim(&behind, "198.51.100.9, 203.0.113.1").await, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn zero_turns_the_limit_off() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "0")]).await;
    for _ in 0..700 {
        let answer = gateway.get_openly(PING).await;
        assert_eq!(remaining(&answer), (200, "", ""));
    }
}
