//! Sessions: refreshed, ended, taken back.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use service_kit::{
    config::Secret,
    identity::{Keys, Revocations, Unauthenticated, UserVerifier, revocations},
    testing::eventually,
};
use tokio_util::sync::CancellationToken;

use crate::harness::{
    Gateway, PASSWORD, Tokens, admin, answer, refresh, signing_key, tokens, works,
};

const ADA: &str = "ada@example.test";

async fn sign_in(gateway: &Gateway) -> Tokens {
    tokens(&gateway.sign_in_with(ADA, PASSWORD).await)
}

async fn signed_up() -> (Gateway, i64) {
    let gateway = Gateway::start().await;
    let id = gateway.sign_up(ADA).await;
    (gateway, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_then_the_next_one_is() {
    let (gateway, _) = signed_up().await;
    let mut last = sign_in(&gateway).await;
    for _ in 0..3 {
        let next = tokens(&refresh(&gateway, &last.refresh).await);
        assert_ne!(next.refresh, last.refresh);
        assert!(works(&gateway, &next).await && works(&gateway, &last).await);
        last = next;
    }
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM RefreshTokens")
        .fetch_all(&gateway.database.admin)
        .await
        .expect("read");
    assert_eq!(stored.len(), 4);
    assert!(
        stored
            .iter()
            .all(|hash| hash.len() == 32 && hash != last.refresh.as_bytes())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_comes_twice_ends_the_whole_family() {
    let (gateway, _) = signed_up().await;
    let (first, other) = (sign_in(&gateway).await, sign_in(&gateway).await);
    let second = tokens(&refresh(&gateway, &first.refresh).await);
    let third = tokens(&refresh(&gateway, &second.refresh).await);
    let reused = refresh(&gateway, &first.refresh).await;
    reused.is_problem(401, "UNAUTHENTICATED");
    for family in [&first, &second, &third] {
        assert!(!works(&gateway, family).await);
        let refused = refresh(&gateway, &family.refresh).await;
        refused.is_problem(401, "UNAUTHENTICATED");
    }
    assert!(works(&gateway, &other).await, "another session goes on");
    tokens(&refresh(&gateway, &other.refresh).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_that_refresh_with_one_token_one_is_served_at_most_and_the_session_ends() {
    let (gateway, _) = signed_up().await;
    let mine = sign_in(&gateway).await;
    let all = join_all((0..20).map(|_| refresh(&gateway, &mine.refresh))).await;
    let served: Vec<_> = all.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(served.len(), 1);
    assert!(all.iter().all(|answer| [200, 401].contains(&answer.status)));
    let winner = tokens(served[0]);
    assert!(!works(&gateway, &winner).await);
    refresh(&gateway, &winner.refresh)
        .await
        .is_problem(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_this_session_and_everywhere_ends_all() {
    let (gateway, _) = signed_up().await;
    let mut sessions = vec![];
    for _ in 0..3 {
        sessions.push(sign_in(&gateway).await);
    }
    let out = gateway
        .post_as(&sessions[0].access, "/api/v1/signout", &Value::Null)
        .await;
    assert_eq!(out.status, 200, "{}", out.text);
    let alive = join_all(sessions.iter().map(|tokens| works(&gateway, tokens))).await;
    assert_eq!(alive, [false, true, true]);
    refresh(&gateway, &sessions[0].refresh)
        .await
        .is_problem(401, "UNAUTHENTICATED");

    let out = gateway
        .post_as(&sessions[1].access, "/api/v1/signout/all", &Value::Null)
        .await;
    assert_eq!(out.status, 200, "{}", out.text);
    let alive = join_all(sessions.iter().map(|tokens| works(&gateway, tokens))).await;
    assert_eq!(alive, [false, false, false]);
    assert!(works(&gateway, &sign_in(&gateway).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_by_their_holder_alone() {
    let (gateway, _) = signed_up().await;
    let (first, second) = (sign_in(&gateway).await, sign_in(&gateway).await);
    gateway.sign_up("bob@example.test").await;
    let bob = gateway.sign_in("bob@example.test").await;

    let page = gateway
        .get("/api/v1/sessions?limit=1", &second.access)
        .await;
    assert_eq!(page.json["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(page.json["data"][0]["current"], true);
    assert_eq!(page.json["data"][0]["address"], "127.0.0.1");
    let next = page.json["page"]["next"].as_str().expect("one more");
    let path = format!("/api/v1/sessions?limit=1&cursor={next}");
    let rest = gateway.get(&path, &second.access).await;
    assert_eq!(rest.json["data"][0]["current"], false);
    assert_eq!(rest.json["page"]["next"], Value::Null);

    let id = rest.json["data"][0]["id"].as_str().expect("an id");
    let end = async |id: &str, token: &str| {
        let path = format!("/api/v1/sessions/{id}");
        answer(gateway.request(Method::DELETE, &path).bearer_auth(token)).await
    };
    end(id, &bob).await.is_problem(404, "NOT_FOUND");
    end("7", &second.access).await.names_field("id");
    assert!(works(&gateway, &first).await);
    assert_eq!(end(id, &second.access).await.status, 200);
    assert!(!works(&gateway, &first).await);
    end(id, &second.access).await.is_problem(404, "NOT_FOUND");
    let left = gateway.get("/api/v1/sessions", &second.access).await;
    assert_eq!(left.json["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_takes_old_tokens_back_and_the_session_goes_on() {
    let (gateway, id) = signed_up().await;
    let before = sign_in(&gateway).await;
    let give = json!({"id": id, "role": "FLIGHT_COMPANY", "airline": "AA"});
    let given = gateway.post_as(&admin(), "/api/v1/role", &give).await;
    assert_eq!(given.status, 200, "{}", given.text);
    assert!(!works(&gateway, &before).await, "it says the old roles");
    let after = tokens(&refresh(&gateway, &before.refresh).await);
    let me = gateway.get("/api/v1/me", &after.access).await;
    assert_eq!(me.json["data"]["airline"], "AA");

    // Given again, nothing changes, so nothing is taken back.
    gateway.post_as(&admin(), "/api/v1/role", &give).await;
    assert!(works(&gateway, &after).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_every_session_but_the_new_one() {
    const NEW: &str = "a quite different one";
    let (gateway, _) = signed_up().await;
    let (mine, other) = (sign_in(&gateway).await, sign_in(&gateway).await);
    let change = async |current: &str, new: &str, token: &str| {
        let body = json!({"currentPassword": current, "newPassword": new});
        let request = gateway.request(Method::PUT, "/api/v1/me/password");
        answer(request.bearer_auth(token).json(&body)).await
    };
    change("a wrong guess", NEW, &mine.access)
        .await
        .names_field("currentPassword");
    change(PASSWORD, "short", &mine.access)
        .await
        .names_field("newPassword");
    assert!(works(&gateway, &mine).await && works(&gateway, &other).await);

    let new = tokens(&change(PASSWORD, NEW, &mine.access).await);
    assert!(works(&gateway, &new).await);
    for old in [&mine, &other] {
        assert!(!works(&gateway, old).await);
        refresh(&gateway, &old.refresh)
            .await
            .is_problem(401, "UNAUTHENTICATED");
    }
    gateway
        .sign_in_with(ADA, PASSWORD)
        .await
        .is_problem(401, "BAD_CREDENTIALS");
    tokens(&gateway.sign_in_with(ADA, NEW).await);
    let mails = gateway.mails_to(ADA).await;
    assert_eq!(
        mails,
        ["welcome", "password_changed"],
        "once, not of refusals"
    );
    tokens(&refresh(&gateway, &new.refresh).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_refreshed_runs_out() {
    let (gateway, _) = signed_up().await;
    let mine = sign_in(&gateway).await;
    sqlx::query("UPDATE Sessions SET expiresAt = NOW(6) - INTERVAL 1 SECOND")
        .execute(&gateway.database.admin)
        .await
        .expect("updated");
    refresh(&gateway, &mine.refresh)
        .await
        .is_problem(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_token_passes_for_the_other() {
    let (gateway, _) = signed_up().await;
    let mine = sign_in(&gateway).await;
    gateway
        .get("/api/v1/me", &mine.refresh)
        .await
        .is_problem(401, "UNAUTHENTICATED");
    for wrong in [&mine.access, "", "x"] {
        refresh(&gateway, wrong)
            .await
            .is_problem(401, "UNAUTHENTICATED");
    }
    for body in [
        json!({}),
        json!({"refreshToken": null}),
        json!({"refreshToken": 7}),
    ] {
        let refused = gateway.post("/api/v1/token/refresh", &body).await;
        refused.names_field("refreshToken");
    }
    tokens(&refresh(&gateway, &mine.refresh).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_and_the_services_hear_of_it_within_five_seconds() {
    let (gateway, _) = signed_up().await;
    let replica = gateway.replica().await;
    let (revoked, stop) = (Revocations::default(), CancellationToken::new());
    let redis = Secret::new(gateway.redis.clone());
    tokio::spawn(revocations::follow(revoked.clone(), redis, stop.clone()));
    let keys = jsonwebtoken::jwk::JwkSet {
        keys: vec![signing_key().public().clone()],
    };
    let service = UserVerifier::new(Keys::fixed(&keys)).except(revoked);

    let mine = sign_in(&gateway).await;
    assert!(works(&replica, &mine).await);
    assert!(service.verify(&mine.access).await.is_ok());
    gateway
        .post_as(&mine.access, "/api/v1/signout", &Value::Null)
        .await;
    let heard = async {
        eventually("the replica refuses it", async || {
            !works(&replica, &mine).await
        })
        .await;
        eventually("a service refuses it", async || {
            service.verify(&mine.access).await.err() == Some(Unauthenticated::Revoked)
        })
        .await;
    };
    let heard = tokio::time::timeout(Duration::from_secs(5), heard).await;
    assert!(heard.is_ok(), "not within 5 s");
    stop.cancel();
}
