//! Whatever is wrong with a request, its problem names the field, and nothing is written.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Gateway, PASSWORD, admin, answer, token};

/// `body` with one member changed; `null` is a value, absent is [`without`].
fn with(body: &Value, field: &str, value: Value) -> Value {
    let mut changed = body.clone();
    changed[field] = value;
    changed
}

fn without(body: &Value, field: &str) -> Value {
    let mut changed = body.clone();
    changed.as_object_mut().expect("an object").remove(field);
    changed
}

/// Values that are never a text.
fn not_texts() -> [Value; 7] {
    [
        json!(null),
        json!(1),
        json!(-1.5),
        json!(true),
        json!([]),
        json!({}),
        json!(1e300),
    ]
}

async fn count_users(gateway: &Gateway) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM `User`")
        .fetch_one(&gateway.database.admin)
        .await
        .expect("counted")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_sign_up_is_named() {
    let gateway = Gateway::start().await;
    let good = json!({"email": "ada@example.test", "password": PASSWORD, "name": "Ada"});
    let mut cases = vec![];
    for field in ["email", "password", "name"] {
        cases.push((field, without(&good, field)));
        cases.push((field, with(&good, field, json!(""))));
        cases.extend(not_texts().map(|value| (field, with(&good, field, value))));
    }
    for email in [
        "   ",
        "ada",
        "ada@",
        "@example.test",
        "a b@example.test",
        "a@b@c",
        "ada@exa mple.test",
    ] {
        cases.push(("email", with(&good, "email", json!(email))));
    }
    cases.push((
        "email",
        with(
            &good,
            "email",
            json!(format!("{}@example.test", "a".repeat(300))),
        ),
    ));
    cases.push(("password", with(&good, "password", json!("1234567"))));
    cases.push(("password", with(&good, "password", json!("x".repeat(257)))));
    cases.push(("name", with(&good, "name", json!("  "))));
    cases.push(("name", with(&good, "name", json!("a\u{0}b"))));
    cases.push(("name", with(&good, "name", json!("x".repeat(101)))));
    for extra in [
        "id",
        "role",
        "roles",
        "airline",
        "isAdmin",
        "createdAt",
        "__proto__",
        "passwordHash",
    ] {
        cases.push((extra, with(&good, extra, json!(1))));
    }
    for (field, body) in cases {
        gateway
            .post("/api/v1/signup", &body)
            .await
            .names_field(field);
    }
    assert_eq!(count_users(&gateway).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_bad_fields_are_named_at_once() {
    let gateway = Gateway::start().await;
    let body = json!({"email": "x", "password": "short", "name": ""});
    let answer = gateway.post("/api/v1/signup", &body).await;
    answer.is_problem(422, "VALIDATION");
    let errors = answer.json["errors"].as_array().expect("errors");
    let fields: Vec<_> = errors.iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["email", "name", "password"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_sign_in_is_named() {
    let gateway = Gateway::start().await;
    let good = json!({"email": "ada@example.test", "password": PASSWORD});
    for field in ["email", "password"] {
        gateway
            .post("/api/v1/signin", &without(&good, field))
            .await
            .names_field(field);
        for value in not_texts().into_iter().chain([json!("")]) {
            gateway
                .post("/api/v1/signin", &with(&good, field, value))
                .await
                .names_field(field);
        }
    }
    let long = with(&good, "password", json!("x".repeat(257)));
    gateway
        .post("/api/v1/signin", &long)
        .await
        .names_field("password");
    let extra = with(&good, "remember", json!(true));
    gateway
        .post("/api/v1/signin", &extra)
        .await
        .names_field("remember");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_role_is_named() {
    let gateway = Gateway::start().await;
    let ada = gateway.sign_up("ada@example.test").await;
    let good = json!({"id": ada, "role": "FLIGHT_COMPANY", "airline": "AA"});
    let mut cases = vec![
        ("id", without(&good, "id")),
        ("role", without(&good, "role")),
        ("airline", without(&good, "airline")),
        (
            "airline",
            with(&with(&good, "role", json!("ADMIN")), "airline", json!("AA")),
        ),
        (
            "airline",
            with(
                &with(&good, "role", json!("CUSTOMER")),
                "airline",
                json!("AA"),
            ),
        ),
        ("admin", with(&good, "admin", json!(true))),
    ];
    for id in [
        json!(null),
        json!(0),
        json!(-1),
        json!(1.5),
        json!("1"),
        json!(true),
        json!(1e30),
    ] {
        cases.push(("id", with(&good, "id", id)));
    }
    for role in [
        json!(null),
        json!(""),
        json!("admin"),
        json!("ROOT"),
        json!(1),
        json!([]),
    ] {
        cases.push(("role", with(&good, "role", role)));
    }
    for airline in ["", "A", "AAA", "aa", "A ", "Ä1"] {
        cases.push(("airline", with(&good, "airline", json!(airline))));
    }
    cases.push(("airline", with(&good, "airline", json!(1))));
    cases.push(("airline", with(&good, "airline", json!(null))));
    for (field, body) in cases {
        gateway
            .post_as(&admin(), "/api/v1/role", &body)
            .await
            .names_field(field);
    }
    let account = gateway.get(&format!("/api/v1/{ada}"), &admin()).await;
    assert_eq!(account.json["data"]["roles"], json!(["CUSTOMER"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_in_the_path_is_a_positive_integer() {
    let gateway = Gateway::start().await;
    for id in ["0", "-1", "1.5", "x", "99999999999999999999", "1e3"] {
        gateway
            .get(&format!("/api/v1/{id}"), &admin())
            .await
            .names_field("id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_be_read_says_so() {
    let gateway = Gateway::start().await;
    let send = |body: &'static str, media: &'static str| {
        let request = gateway.request(Method::POST, "/api/v1/signup");
        answer(request.header("content-type", media).body(body))
    };
    for body in [
        "",
        "{",
        "nonsense",
        r#"{"email":"#,
        r#"{"password":"abc"#,
        r#"{"a":1}} "#,
    ] {
        let status = send(body, "application/json").await;
        match body {
            r#"{"a":1}} "# => status.names_field("a"),
            _ => status.is_problem(400, "MALFORMED"),
        }
    }
    for body in ["[]", "null", "1", r#""text""#] {
        send(body, "application/json").await.names_field("body");
    }
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
    ] {
        send("{}", media).await.is_problem(415, "MALFORMED");
    }
    let twice = r#"{"email":"a@b.test","email":"c@d.test","password":"12345678","name":"A"}"#;
    send(twice, "application/json; charset=utf-8")
        .await
        .names_field("email");
    assert_eq!(count_users(&gateway).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_problems() {
    let gateway = Gateway::start().await;
    for path in [
        "/",
        "/api",
        "/api/v2/ping",
        "/api/v1/ping/x",
        "/.env",
        "/openapi.yaml",
    ] {
        gateway.get_openly(path).await.is_problem(404, "NOT_FOUND");
    }
    for (method, path, allow) in [
        (Method::GET, "/api/v1/signup", "POST"),
        (Method::DELETE, "/api/v1/users", "GET,HEAD"),
        (Method::PUT, "/.well-known/jwks.json", "GET,HEAD"),
    ] {
        let refused = answer(gateway.request(method, path)).await;
        refused.is_problem(405, "MALFORMED");
        assert_eq!(refused.header("allow"), allow);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ping_answers_everybody_whatever_they_send() {
    let gateway = Gateway::start().await;
    let request = gateway.request(Method::GET, "/api/v1/ping");
    let pong = answer(request.body(r#"{"any":"thing"}"#)).await;
    assert_eq!((pong.status, &pong.json["data"]), (200, &json!("Pong!")));
    let health = gateway
        .get("/api/v1/ping/health/", &token(1, "CUSTOMER"))
        .await;
    assert_eq!((health.status, &health.json["data"]), (200, &json!("OK")));
    assert_eq!(gateway.get_openly("/livez").await.status, 200);
    assert_eq!(gateway.get_openly("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_query_parameters_are_named() {
    let gateway = Gateway::start().await;
    let id = gateway.sign_up("ada@example.test").await;
    let token = gateway.sign_in("ada@example.test").await;
    for path in ["/api/v1", "/api/v1/me", &format!("/api/v1/{id}")] {
        gateway
            .get(&format!("{path}?colour=red"), &token)
            .await
            .names_field("colour");
    }
    let body = json!({"email": "bob@example.test", "password": PASSWORD, "name": "Bob"});
    let refused = gateway.post("/api/v1/signup?colour=red", &body).await;
    refused.names_field("colour");
    assert_eq!(count_users(&gateway).await, 1);
}
