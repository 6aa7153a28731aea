//! Guesses at passwords: what one network may try, what all may try together, and that neither
//! keeps out who has the password.

use reqwest::Method;
use serde_json::json;
use service_kit::testing::RedisServer;

use crate::{
    harness::{Answer, Gateway, PASSWORD, answer},
    limits::standings,
};

const ADA: &str = "ada@example.test";
const NOBODY: &str = "nobody@example.test";
const LIMITS: [(&str, &str); 3] = [
    ("RATE_LIMIT_MAX", "1000"),
    (
        "RATE_LIMITS",
        "sign-in-account-network=3/1h, sign-in-account=6/1h",
    ),
    ("TRUSTED_PROXIES", "127.0.0.0/8"),
];

async fn sign_in(gateway: &Gateway, email: &str, password: &str, address: &str) -> Answer {
    let request = gateway.request(Method::POST, "/api/v1/signin");
    let body = json!({"email": email, "password": password});
    answer(request.header("x-forwarded-for", address).json(&body)).await
}

async fn guess(gateway: &Gateway, email: &str, address: &str) -> Answer {
    sign_in(gateway, email, "not the password", address).await
}

/// What is left under a policy, if the answer says so.
fn left(answer: &Answer, policy: &str) -> Option<i64> {
    let standings = standings(answer);
    let found = standings.iter().find(|(name, _)| name == policy)?;
    Some(found.1["r"])
}

#[track_caller]
fn is_refused_by(answer: &Answer, policy: &str) {
    answer.is_problem(429, "RATE_LIMITED");
    let named = format!("the policy {policy} allows");
    assert!(answer.text.contains(&named), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_guesses_is_refused_and_the_person_signs_in_from_another() {
    let gateway = Gateway::with(&LIMITS).await;
    gateway.sign_up(ADA).await;
    for places in [2, 1, 0] {
        let wrong = guess(&gateway, ADA, "203.0.113.6").await;
        wrong.is_problem(401, "BAD_CREDENTIALS");
        assert_eq!(left(&wrong, "sign-in-account-network"), Some(places));
        assert_eq!(left(&wrong, "sign-in-account"), Some(places + 3));
    }
    // However the address is written, and whether or not the password is right now.
    for (email, password) in [(ADA, PASSWORD), (" Ada@Example.TEST", "another guess")] {
        let refused = sign_in(&gateway, email, password, "203.0.113.6").await;
        is_refused_by(&refused, "sign-in-account-network");
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1_100..=1_200).contains(&wait), "{wait}");
    }
    let other_account = guess(&gateway, NOBODY, "203.0.113.6").await;
    other_account.is_problem(401, "BAD_CREDENTIALS");
    let at_home = sign_in(&gateway, ADA, PASSWORD, "198.51.100.1").await;
    assert_eq!(at_home.status, 200, "{}", at_home.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn right_passwords_do_not_count() {
    let gateway = Gateway::with(&LIMITS).await;
    gateway.sign_up(ADA).await;
    for _ in 0..8 {
        let answer = sign_in(&gateway, ADA, PASSWORD, "198.51.100.1").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let wrong = guess(&gateway, ADA, "198.51.100.1").await;
    assert_eq!(left(&wrong, "sign-in-account-network"), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_networks_together_are_refused_and_lock_nobody_out_of_where_they_were_before() {
    let gateway = Gateway::with(&LIMITS).await;
    gateway.sign_up(ADA).await;
    // Her home, of whose network she has another address each day.
    let before = sign_in(&gateway, ADA, PASSWORD, "2001:db8:1:2::aaaa").await;
    assert_eq!(before.status, 200);
    for address in ["203.0.113.1", "203.0.113.2"] {
        for _ in 0..3 {
            guess(&gateway, ADA, address)
                .await
                .is_problem(401, "BAD_CREDENTIALS");
        }
    }
    for address in ["203.0.113.3", "203.0.113.4"] {
        is_refused_by(&guess(&gateway, ADA, address).await, "sign-in-account");
    }
    is_refused_by(
        &sign_in(&gateway, ADA, PASSWORD, "203.0.113.5").await,
        "sign-in-account",
    );
    for _ in 0..4 {
        let at_home = sign_in(&gateway, ADA, PASSWORD, "2001:db8:1:2::bbbb").await;
        assert_eq!(at_home.status, 200, "{}", at_home.text);
    }
    // At home too a wrong password counts, against the home.
    for _ in 0..3 {
        let wrong = guess(&gateway, ADA, "2001:db8:1:2::cccc").await;
        wrong.is_problem(401, "BAD_CREDENTIALS");
    }
    let refused = guess(&gateway, ADA, "2001:db8:1:2::cccc").await;
    is_refused_by(&refused, "sign-in-account-network");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_do_not_tell_whether_there_is_an_account() {
    let mut compared = None;
    // Where Redis is late, as on a busy machine, the gateway counts alone for a moment.
    for _ in 0..4 {
        let gateway = Gateway::with(&LIMITS).await;
        gateway.sign_up(ADA).await;
        let [known, unknown] = [
            guesses_from_everywhere(&gateway, ADA).await,
            guesses_from_everywhere(&gateway, NOBODY).await,
        ];
        if known == unknown {
            assert_eq!(known.iter().filter(|one| one.0 == 401).count(), 6);
            return;
        }
        compared = Some((known, unknown));
    }
    panic!("{compared:#?}");
}

/// Status, code, and what is left under both policies.
type Seen = (u16, serde_json::Value, Option<i64>, Option<i64>);

async fn guesses_from_everywhere(gateway: &Gateway, email: &str) -> Vec<Seen> {
    let mut seen = vec![];
    for network in 1..=3 {
        for _ in 0..4 {
            let answer = guess(gateway, email, &format!("203.0.113.{network}")).await;
            seen.push((
                answer.status,
                answer.json["code"].clone(),
                left(&answer, "sign-in-account-network"),
                left(&answer, "sign-in-account"),
            ));
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_are_no_more_than_one_after_the_other() {
    let gateway = Gateway::with(&LIMITS).await;
    gateway.sign_up(ADA).await;
    let at_once = (0..30).map(|_| guess(&gateway, ADA, "203.0.113.6"));
    let answers = futures::future::join_all(at_once).await;
    let with = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((with(401), with(429)), (3, 27));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_guesses_are_limited_by_the_gateway_itself() {
    let server = RedisServer::stopped();
    let mut limits = LIMITS.to_vec();
    limits.push(("REDIS_URL", &server.url));
    let gateway = Gateway::with(&limits).await;
    gateway.sign_up(ADA).await;
    for _ in 0..3 {
        guess(&gateway, ADA, "203.0.113.6")
            .await
            .is_problem(401, "BAD_CREDENTIALS");
    }
    let refused = guess(&gateway, ADA, "203.0.113.6").await;
    is_refused_by(&refused, "sign-in-account-network");
    assert_eq!(
        sign_in(&gateway, ADA, PASSWORD, "198.51.100.1")
            .await
            .status,
        200
    );
}
