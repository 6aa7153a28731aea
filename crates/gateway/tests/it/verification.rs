//! Addresses that are verified by a link.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Gateway, PASSWORD};

const ADA: &str = "ada@example.test";

async fn verify(gateway: &Gateway, token: &str) -> Answer {
    let body = json!({"token": token});
    gateway.post("/api/v1/email/verify", &body).await
}

async fn ask_again(gateway: &Gateway, jwt: &str) -> Answer {
    let path = "/api/v1/email/verification";
    gateway.post_as(jwt, path, &Value::Null).await
}

async fn is_verified(gateway: &Gateway) -> bool {
    let signed_in = gateway.sign_in_with(ADA, PASSWORD).await;
    let verified = &signed_in.json["data"]["user"]["emailVerified"];
    verified.as_bool().expect("said of each account")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_is_welcomed_once_with_a_link_that_verifies_once() {
    let gateway = Gateway::with(&[("PUBLIC_URL", "https://airside.example/")]).await;
    gateway.sign_up(ADA).await;
    let again = json!({"email": ADA, "password": PASSWORD, "name": "Eve"});
    let taken = gateway.post("/api/v1/signup", &again).await;
    taken.is_problem(409, "EMAIL_TAKEN");
    assert_eq!(gateway.mails_to(ADA).await, ["welcome"]);
    let links = "SELECT COUNT(*) FROM Outbox WHERE JSON_VALUE(payload, '$.params.link')
                 LIKE 'https://airside.example/account/verify?token=%'";
    assert_eq!(gateway.number(links).await, 1);

    let token = gateway.token_mailed("welcome", ADA).await;
    assert_eq!(token.len(), 43, "256 bits");
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM EmailTokens")
        .fetch_all(&gateway.database.admin)
        .await
        .expect("read");
    assert_eq!(stored.len(), 1);
    assert!(stored[0].len() == 32 && !token.as_bytes().starts_with(&stored[0]));

    assert!(!is_verified(&gateway).await);
    let verified = verify(&gateway, &token).await;
    assert_eq!(verified.status, 200, "{}", verified.text);
    assert!(is_verified(&gateway).await);
    verify(&gateway, &token).await.names_field("token");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_that_follow_one_link_one_is_served() {
    let gateway = Gateway::start().await;
    gateway.sign_up(ADA).await;
    let token = gateway.token_mailed("welcome", ADA).await;
    let all = join_all((0..20).map(|_| verify(&gateway, &token))).await;
    let (served, refused): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.status == 200);
    assert_eq!(served.len(), 1);
    refused.iter().for_each(|one| one.names_field("token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_ran_out_or_that_nobody_was_sent_verifies_nothing() {
    let gateway = Gateway::start().await;
    gateway.sign_up(ADA).await;
    let token = gateway.token_mailed("welcome", ADA).await;
    let lives = "SELECT TIMESTAMPDIFF(SECOND, createdAt, expiresAt) FROM EmailTokens";
    assert_eq!(gateway.number(lives).await, 24 * 3600);
    gateway
        .sql("UPDATE EmailTokens SET expiresAt = NOW(6) - INTERVAL 1 SECOND")
        .await;
    for bad in [&token, "", "x", &"x".repeat(10_000)] {
        verify(&gateway, bad).await.names_field("token");
    }
    assert!(!is_verified(&gateway).await);
    for body in [json!({}), json!({"token": 7}), json!({"token": null})] {
        let refused = gateway.post("/api/v1/email/verify", &body).await;
        refused.names_field("token");
    }
    let body = json!({"token": token, "email": ADA});
    let refused = gateway.post("/api/v1/email/verify", &body).await;
    refused.names_field("email");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_link_is_sent_once_a_minute_until_the_address_is_verified() {
    let gateway = Gateway::start().await;
    gateway.sign_up(ADA).await;
    let jwt = gateway.sign_in(ADA).await;
    let mut answers = vec![ask_again(&gateway, &jwt).await];
    assert_eq!(gateway.mails_to(ADA).await, ["welcome"], "a minute ago");
    gateway
        .sql("UPDATE EmailTokens SET createdAt = createdAt - INTERVAL 61 SECOND")
        .await;
    answers.extend(join_all((0..20).map(|_| ask_again(&gateway, &jwt))).await);
    assert_eq!(gateway.mails_to(ADA).await, ["welcome", "verify_email"]);

    let token = gateway.token_mailed("verify_email", ADA).await;
    assert_eq!(verify(&gateway, &token).await.status, 200);
    let first = gateway.token_mailed("welcome", ADA).await;
    verify(&gateway, &first).await.names_field("token");
    gateway
        .sql("UPDATE EmailTokens SET createdAt = createdAt - INTERVAL 61 SECOND")
        .await;
    answers.push(ask_again(&gateway, &jwt).await);
    assert_eq!(gateway.mails_to(ADA).await.len(), 2, "it is verified");
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (202, &answers[0].text));
    }
    ask_again(&gateway, "nobody's")
        .await
        .is_problem(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_that_is_refused_sends_no_mail() {
    let gateway = Gateway::start().await;
    let body = json!({"email": ADA, "password": "password", "name": "Ada"});
    let refused = gateway.post("/api/v1/signup", &body).await;
    refused.names_field("password");
    let rows = "SELECT (SELECT COUNT(*) FROM Outbox) + (SELECT COUNT(*) FROM EmailTokens)";
    assert_eq!(gateway.number(rows).await, 0);
}
