//! What somebody changes of their own account.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Gateway, PASSWORD, Tokens, admin, answer, refresh, tokens, works};

const ADA: &str = "ada@example.test";
const COUNTESS: &str = "countess@example.test";

async fn signed_in() -> (Gateway, Tokens) {
    let gateway = Gateway::start().await;
    gateway.sign_up(ADA).await;
    let signed_in = tokens(&gateway.sign_in_with(ADA, PASSWORD).await);
    (gateway, signed_in)
}

async fn update(gateway: &Gateway, tokens: &Tokens, body: &Value) -> Answer {
    let request = gateway.request(Method::PATCH, "/api/v1/me");
    answer(request.bearer_auth(&tokens.access).json(body)).await
}

fn move_to(email: &str) -> Value {
    json!({"email": email, "currentPassword": PASSWORD})
}

async fn claims(gateway: &Gateway, tokens: &Tokens) -> Value {
    let answer = refresh(gateway, &tokens.refresh).await;
    let access = crate::harness::tokens(&answer).access;
    let claims = access.split('.').nth(1).expect("claims").to_owned();
    let claims = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, claims);
    serde_json::from_slice(&claims.expect("base64url")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_called_otherwise_and_the_next_token_says_so() {
    let (gateway, mine) = signed_in().await;
    let updated = update(&gateway, &mine, &json!({"name": " Countess "})).await;
    assert_eq!(updated.status, 200, "{}", updated.text);
    assert_eq!(updated.json["data"]["name"], "Countess");
    assert_eq!(updated.json["data"]["email"], ADA);
    let nothing = update(&gateway, &mine, &json!({})).await;
    assert_eq!(nothing.json["data"], updated.json["data"]);
    assert!(works(&gateway, &mine).await);
    let claims = claims(&gateway, &mine).await;
    assert_eq!(
        (&claims["name"], &claims["email"]),
        (&"Countess".into(), &ADA.into())
    );
    assert_eq!(gateway.mails_to(ADA).await, ["welcome"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_is_to_be_verified_and_the_old_one_is_told() {
    let (gateway, mine) = signed_in().await;
    let first = gateway.token_mailed("welcome", ADA).await;
    let verify = async |token: &str| {
        let body = json!({"token": token});
        gateway.post("/api/v1/email/verify", &body).await
    };
    assert_eq!(verify(&first).await.status, 200);
    let updated = update(&gateway, &mine, &move_to(" Countess@example.test")).await;
    assert_eq!(updated.status, 200, "{}", updated.text);
    let user = &updated.json["data"];
    assert_eq!(user["email"], COUNTESS);
    assert_eq!(user["emailVerified"], false);
    assert_eq!(gateway.mails_to(ADA).await, ["welcome", "email_changed"]);
    assert_eq!(gateway.mails_to(COUNTESS).await, ["verify_email"]);
    assert_eq!(claims(&gateway, &mine).await["email"], COUNTESS);
    gateway
        .sign_in_with(ADA, PASSWORD)
        .await
        .is_problem(401, "BAD_CREDENTIALS");
    let link = gateway.token_mailed("verify_email", COUNTESS).await;
    assert_eq!(verify(&link).await.status, 200);
    let me = gateway.sign_in_with(COUNTESS, PASSWORD).await;
    assert_eq!(me.json["data"]["user"]["emailVerified"], true);
    let log = gateway.get("/api/v1/audit", &admin()).await;
    assert_eq!(log.json["data"][0]["action"], "EMAIL_CHANGED");
    assert!(!log.text.contains("example.test"), "nothing personal");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_to_the_old_address_are_void() {
    let (gateway, mine) = signed_in().await;
    let verifying = gateway.token_mailed("welcome", ADA).await;
    let body = json!({"email": ADA});
    gateway.post("/api/v1/password/forgot", &body).await;
    service_kit::testing::eventually("the link is mailed", async || {
        gateway.mails_to(ADA).await.len() == 2
    })
    .await;
    let resetting = gateway.token_mailed("password_reset", ADA).await;
    let updated = update(&gateway, &mine, &move_to(COUNTESS)).await;
    assert_eq!(updated.status, 200, "{}", updated.text);
    let body = json!({"token": verifying});
    let refused = gateway.post("/api/v1/email/verify", &body).await;
    refused.names_field("token");
    let body = json!({"token": resetting, "newPassword": "a quite different one"});
    let refused = gateway.post("/api/v1/password/reset", &body).await;
    refused.names_field("token");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_asks_for_the_password_and_must_be_free() {
    let (gateway, mine) = signed_in().await;
    gateway.sign_up("bob@example.test").await;
    update(&gateway, &mine, &json!({"email": COUNTESS}))
        .await
        .names_field("currentPassword");
    let wrong = json!({"email": COUNTESS, "name": "Eve", "currentPassword": "a guess"});
    update(&gateway, &mine, &wrong)
        .await
        .names_field("currentPassword");
    let taken = json!({"email": "bob@example.test", "name": "Eve", "currentPassword": PASSWORD});
    update(&gateway, &mine, &taken)
        .await
        .is_problem(409, "EMAIL_TAKEN");
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (
            json!({"email": "ada", "currentPassword": PASSWORD}),
            "email",
        ),
        (json!({"roles": ["ADMIN"]}), "roles"),
        (json!({"id": 1}), "id"),
        (json!({"emailVerified": true}), "emailVerified"),
    ] {
        update(&gateway, &mine, &body).await.names_field(field);
    }
    let me = gateway.get("/api/v1/me", &mine.access).await;
    assert_eq!(
        (&me.json["data"]["name"], &me.json["data"]["email"]),
        (&"Ada Lovelace".into(), &ADA.into())
    );
    assert_eq!(
        gateway.mails_to(ADA).await,
        ["welcome"],
        "nothing was half done"
    );
    assert_eq!(gateway.mails_to(COUNTESS).await, [""; 0]);
    let same = update(&gateway, &mine, &move_to(ADA)).await;
    assert_eq!(same.status, 200, "{}", same.text);
    assert_eq!(
        gateway.mails_to(ADA).await,
        ["welcome"],
        "it is the same one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_goes_to_one_of_ten_that_move_there_at_once() {
    let gateway = Gateway::start().await;
    let mut people = vec![];
    for n in 0..10 {
        let email = format!("person{n}@example.test");
        gateway.sign_up(&email).await;
        people.push(tokens(&gateway.sign_in_with(&email, PASSWORD).await));
    }
    let body = move_to(COUNTESS);
    let moves = people.iter().map(|person| update(&gateway, person, &body));
    let all = join_all(moves).await;
    let (moved, refused): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.status == 200);
    assert_eq!(moved.len(), 1);
    refused
        .iter()
        .for_each(|one| one.is_problem(409, "EMAIL_TAKEN"));
    assert_eq!(gateway.mails_to(COUNTESS).await, ["verify_email"]);
}
