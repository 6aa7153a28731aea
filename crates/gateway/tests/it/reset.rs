//! Passwords that were forgotten.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use service_kit::testing::eventually;

use crate::harness::{Answer, Gateway, PASSWORD, admin, answer, refresh, tokens, works};

const ADA: &str = "ada@example.test";
const NEW: &str = "a quite different one";
/// Requests that no relay has looked at.
const WAITING: &str =
    "SELECT COUNT(*) FROM Outbox WHERE topic = 'password.forgotten' AND doneAt IS NULL";

async fn signed_up() -> Gateway {
    let gateway = Gateway::start().await;
    gateway.sign_up(ADA).await;
    gateway
}

async fn forgot(gateway: &Gateway, email: &str) -> Answer {
    let body = json!({"email": email});
    gateway.post("/api/v1/password/forgot", &body).await
}

async fn all_are_looked_at(gateway: &Gateway) {
    eventually("the relay has looked at all", async || {
        gateway.number(WAITING).await == 0
    })
    .await;
}

/// Asks for a link and reads the mail.
async fn link(gateway: &Gateway) -> String {
    let before = gateway.tokens_mailed("password_reset", ADA).await.len();
    assert_eq!(forgot(gateway, ADA).await.status, 202);
    all_are_looked_at(gateway).await;
    let mut tokens = gateway.tokens_mailed("password_reset", ADA).await;
    assert_eq!(tokens.len(), before + 1);
    tokens.pop().expect("one more")
}

async fn reset(gateway: &Gateway, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "newPassword": password});
    gateway.post("/api/v1/password/reset", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_by_forgetting_a_password_who_has_an_account() {
    let gateway = signed_up().await;
    let disabled = gateway.sign_up("disabled@example.test").await;
    let request = gateway.request(Method::PATCH, &format!("/api/v1/users/{disabled}"));
    let done = answer(
        request
            .bearer_auth(admin())
            .json(&json!({"disabled": true})),
    )
    .await;
    assert_eq!(done.status, 200, "{}", done.text);
    let addresses = [ADA, "disabled@example.test", "unknown@example.test"];
    let mut answers = vec![];
    for address in addresses {
        answers.push(forgot(&gateway, address).await);
    }
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (202, &answers[0].text));
        let named = |answer: &Answer| -> Vec<String> {
            answer.headers.keys().map(ToString::to_string).collect()
        };
        assert_eq!(named(answer), named(&answers[0]));
    }
    all_are_looked_at(&gateway).await;
    assert_eq!(gateway.mails_to(ADA).await, ["welcome", "password_reset"]);
    assert_eq!(gateway.mails_to(addresses[1]).await, ["welcome"]);
    assert_eq!(gateway.mails_to(addresses[2]).await, [""; 0]);
    let kept = "SELECT COUNT(*) FROM Outbox WHERE topic = 'password.forgotten' AND payload <> '{}'";
    assert_eq!(
        gateway.number(kept).await,
        0,
        "whose they were is forgotten"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_gives_another_password_once_and_ends_every_session() {
    let gateway = signed_up().await;
    let replica = gateway.replica().await;
    let (mine, other) = (
        tokens(&gateway.sign_in_with(ADA, PASSWORD).await),
        tokens(&gateway.sign_in_with(ADA, PASSWORD).await),
    );
    assert!(works(&replica, &mine).await && works(&gateway, &other).await);
    let (first, second) = (link(&gateway).await, link(&gateway).await);
    let lives = "SELECT CAST(MAX(TIMESTAMPDIFF(SECOND, createdAt, expiresAt)) AS SIGNED)
                 FROM EmailTokens WHERE purpose = 'RESET'";
    assert_eq!(gateway.number(lives).await, 30 * 60);

    let done = reset(&gateway, &second, NEW).await;
    assert_eq!(done.status, 200, "{}", done.text);
    for old in [&mine, &other] {
        assert!(!works(&gateway, old).await);
        refresh(&gateway, &old.refresh)
            .await
            .is_problem(401, "UNAUTHENTICATED");
    }
    let heard = eventually("the replica refuses it", async || {
        !works(&replica, &mine).await
    });
    let heard = tokio::time::timeout(Duration::from_secs(5), heard).await;
    assert!(heard.is_ok(), "not within 5 s");
    gateway
        .sign_in_with(ADA, PASSWORD)
        .await
        .is_problem(401, "BAD_CREDENTIALS");
    let signed_in = gateway.sign_in_with(ADA, NEW).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    let user = &signed_in.json["data"]["user"];
    assert_eq!(user["emailVerified"], true, "the link came by mail");

    for used in [&second, &first] {
        reset(&gateway, used, "yet another one")
            .await
            .names_field("token");
    }
    let mails = gateway.mails_to(ADA).await;
    let expected = [
        "welcome",
        "password_reset",
        "password_reset",
        "password_changed",
    ];
    assert_eq!(mails, expected);
    let log = gateway.get("/api/v1/audit", &admin()).await;
    let line = &log.json["data"][0];
    assert_eq!(line["action"], "PASSWORD_RESET");
    assert_eq!(
        (&line["actorId"], &line["userId"]),
        (&user["id"], &user["id"])
    );
    assert_eq!(line["address"], "127.0.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_that_follow_one_link_one_gets_the_password() {
    let gateway = signed_up().await;
    let token = link(&gateway).await;
    let passwords: Vec<_> = (0..20).map(|n| format!("password number {n}")).collect();
    let tries = passwords.iter().map(|new| reset(&gateway, &token, new));
    let all = join_all(tries).await;
    let (served, refused): (Vec<_>, Vec<_>) = passwords
        .iter()
        .zip(&all)
        .partition(|(_, one)| one.status == 200);
    assert_eq!(served.len(), 1);
    for (_, one) in refused {
        one.names_field("token");
    }
    let signed_in = gateway.sign_in_with(ADA, served[0].0).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    let told = gateway.mails_to(ADA).await;
    assert_eq!(told, ["welcome", "password_reset", "password_changed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_for_one_thing_and_for_a_while() {
    let gateway = signed_up().await;
    let token = link(&gateway).await;
    let verifying = gateway.token_mailed("welcome", ADA).await;
    reset(&gateway, &verifying, NEW).await.names_field("token");
    let body = json!({"token": token});
    let refused = gateway.post("/api/v1/email/verify", &body).await;
    refused.names_field("token");
    for weak in ["short", "password1"] {
        reset(&gateway, &token, weak)
            .await
            .names_field("newPassword");
    }
    gateway
        .sql("UPDATE EmailTokens SET expiresAt = NOW(6) - INTERVAL 1 SECOND")
        .await;
    reset(&gateway, &token, NEW).await.names_field("token");
    gateway
        .sql("UPDATE EmailTokens SET expiresAt = NOW(6) + INTERVAL 1 SECOND")
        .await;
    let disable = "UPDATE `User` SET disabledAt = NOW(6)";
    gateway.sql(disable).await;
    reset(&gateway, &token, NEW).await.names_field("token");
    gateway.sql("UPDATE `User` SET disabledAt = NULL").await;
    tokens(&gateway.sign_in_with(ADA, PASSWORD).await);
    gateway
        .sql("UPDATE EmailTokens SET expiresAt = NOW(6) + INTERVAL 1 HOUR")
        .await;
    let done = reset(&gateway, &token, NEW).await;
    assert_eq!(done.status, 200, "no refusal used it up: {}", done.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_voids_links_that_are_under_way() {
    let gateway = signed_up().await;
    let token = link(&gateway).await;
    let jwt = gateway.sign_in(ADA).await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    let request = gateway.request(Method::PUT, "/api/v1/me/password");
    let changed = answer(request.bearer_auth(jwt).json(&body)).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    reset(&gateway, &token, "yet another one")
        .await
        .names_field("token");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_sent_five_links_an_hour_however_many_ask_and_relay() {
    let gateway = signed_up().await;
    let _replica = gateway.replica().await;
    let all = join_all((0..20).map(|_| forgot(&gateway, ADA))).await;
    assert!(all.iter().all(|one| one.status == 202));
    all_are_looked_at(&gateway).await;
    let links = async || gateway.tokens_mailed("password_reset", ADA).await.len();
    assert_eq!(links().await, 5);
    gateway
        .sql("UPDATE EmailTokens SET createdAt = createdAt - INTERVAL 61 MINUTE")
        .await;
    forgot(&gateway, ADA).await;
    all_are_looked_at(&gateway).await;
    assert_eq!(links().await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_or_no_request_is_named() {
    let gateway = signed_up().await;
    for (body, field) in [
        (json!({}), "email"),
        (json!({"email": "ada"}), "email"),
        (json!({"email": 7}), "email"),
        (json!({"email": ADA, "name": "Ada"}), "name"),
    ] {
        let refused = gateway.post("/api/v1/password/forgot", &body).await;
        refused.names_field(field);
    }
    for (body, field) in [
        (json!({"token": "x"}), "newPassword"),
        (json!({"newPassword": NEW}), "token"),
        (json!({"token": "x", "newPassword": NEW}), "token"),
        (json!({"token": "x", "newPassword": NEW, "id": 1}), "id"),
    ] {
        let refused = gateway.post("/api/v1/password/reset", &body).await;
        refused.names_field(field);
    }
    let asked = "SELECT COUNT(*) FROM Outbox WHERE topic = 'password.forgotten'";
    assert_eq!(gateway.number(asked).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_ran_out_long_ago_are_purged() {
    let gateway = signed_up().await;
    link(&gateway).await;
    gateway
        .sql("UPDATE EmailTokens SET expiresAt = NOW(6) - INTERVAL 25 HOUR WHERE purpose = 'RESET'")
        .await;
    gateway
        .sql(
            "UPDATE EmailTokens SET expiresAt = NOW(6) - INTERVAL 23 HOUR WHERE purpose = 'VERIFY'",
        )
        .await;
    // Another replica purges when it starts.
    let _replica = gateway.replica().await;
    eventually("one is purged", async || {
        gateway.number("SELECT COUNT(*) FROM EmailTokens").await == 1
    })
    .await;
    let left = "SELECT COUNT(*) FROM EmailTokens WHERE purpose = 'VERIFY'";
    assert_eq!(gateway.number(left).await, 1);
}
