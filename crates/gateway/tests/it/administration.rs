//! What administrators do with accounts, and the log of it.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use service_kit::db;

use crate::harness::{Answer, Gateway, PASSWORD, admin, answer, token};

/// Signs somebody up and makes them an administrator; id and token.
async fn administrator(gateway: &Gateway, email: &str) -> (i64, String) {
    let id = gateway.sign_up(email).await;
    let give = json!({"id": id, "role": "ADMIN"});
    let given = gateway.post_as(&admin(), "/api/v1/role", &give).await;
    assert_eq!(given.status, 200, "{}", given.text);
    (id, gateway.sign_in(email).await)
}

async fn set_disabled(gateway: &Gateway, token: &str, id: i64, disabled: bool) -> Answer {
    let request = gateway.request(Method::PATCH, &format!("/api/v1/users/{id}"));
    let body = json!({"disabled": disabled});
    answer(request.bearer_auth(token).json(&body)).await
}

async fn revoke(gateway: &Gateway, token: &str, id: i64, role: &str) -> Answer {
    let path = format!("/api/v1/users/{id}/roles/{role}");
    answer(gateway.request(Method::DELETE, &path).bearer_auth(token)).await
}

fn ids(answer: &Answer) -> Vec<i64> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let users = answer.json["data"].as_array().expect("a list").iter();
    users
        .map(|user| user["id"].as_i64().expect("an id"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_by_address_name_and_role_page_by_page() {
    let gateway = Gateway::start().await;
    let mut all = vec![];
    for name in ["ada", "bob", "cyd"] {
        all.push(gateway.sign_up(&format!("{name}@example.test")).await);
    }
    let give = json!({"id": all[1], "role": "FLIGHT_COMPANY", "airline": "AA"});
    gateway.post_as(&admin(), "/api/v1/role", &give).await;
    let find = async |query: &str| {
        let path = format!("/api/v1/users?{query}");
        gateway.get(&path, &admin()).await
    };
    assert_eq!(ids(&find("").await), all);
    assert_eq!(ids(&find("q=BOB@ex").await), [all[1]]);
    assert_eq!(ids(&find("q=Lovelace").await), all);
    assert_eq!(ids(&find("q=%25").await), [0; 0], "% is a letter like any");
    assert_eq!(ids(&find("role=FLIGHT_COMPANY").await), [all[1]]);
    let page = find("limit=2").await;
    assert_eq!(ids(&page), all[..2]);
    let next = page.json["page"]["next"].as_str().expect("one more");
    assert_eq!(ids(&find(&format!("cursor={next}")).await), all[2..]);
    for (query, field) in [("limit=0", "limit"), ("role=KING", "role"), ("q=", "q")] {
        find(query).await.names_field(field);
    }
    assert!(!find("").await.text.contains("argon2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_out_until_enabled() {
    let gateway = Gateway::start().await;
    let ada = gateway.sign_up("ada@example.test").await;
    let before = gateway.sign_in("ada@example.test").await;
    let disabled = set_disabled(&gateway, &admin(), ada, true).await;
    assert_eq!(disabled.status, 200, "{}", disabled.text);
    assert!(disabled.json["data"]["disabledAt"].is_string());
    let me = gateway.get("/api/v1/me", &before).await;
    me.is_problem(401, "UNAUTHENTICATED");
    let right = gateway.sign_in_with("ada@example.test", PASSWORD).await;
    right.is_problem(403, "FORBIDDEN");
    let wrong = gateway
        .sign_in_with("ada@example.test", "a wrong guess")
        .await;
    wrong.is_problem(401, "BAD_CREDENTIALS");

    let again = set_disabled(&gateway, &admin(), ada, true).await;
    assert_eq!(again.status, 200, "twice is fine");
    let enabled = set_disabled(&gateway, &admin(), ada, false).await;
    assert_eq!(enabled.json["data"]["disabledAt"], Value::Null);
    gateway.sign_in("ada@example.test").await;
    let me = gateway.get("/api/v1/me", &before).await;
    me.is_problem(401, "UNAUTHENTICATED");

    set_disabled(&gateway, &admin(), 999_999, true)
        .await
        .is_problem(404, "NOT_FOUND");
    for body in [json!({}), json!({"disabled": 1}), json!({"disabled": null})] {
        let request = gateway.request(Method::PATCH, &format!("/api/v1/users/{ada}"));
        let refused = answer(request.bearer_auth(admin()).json(&body)).await;
        refused.names_field("disabled");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_role_is_gone_at_once_and_the_session_goes_on() {
    let gateway = Gateway::start().await;
    let (ada, token) = administrator(&gateway, "ada@example.test").await;
    administrator(&gateway, "bob@example.test").await;
    assert_eq!(gateway.get("/api/v1/users", &token).await.status, 200);
    let revoked = revoke(&gateway, &admin(), ada, "ADMIN").await;
    assert_eq!(revoked.json["data"]["roles"], json!(["CUSTOMER"]));
    let refused = gateway.get("/api/v1/users", &token).await;
    refused.is_problem(401, "UNAUTHENTICATED");
    let fresh = gateway.sign_in("ada@example.test").await;
    let refused = gateway.get("/api/v1/users", &fresh).await;
    refused.is_problem(403, "FORBIDDEN");

    let again = revoke(&gateway, &admin(), ada, "ADMIN").await;
    again.is_problem(404, "NOT_FOUND");
    revoke(&gateway, &admin(), ada, "KING")
        .await
        .names_field("role");
    revoke(&gateway, &admin(), 0, "ADMIN")
        .await
        .names_field("id");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_also_when_two_remove_each_other() {
    let gateway = Gateway::start().await;
    let (ada, ada_token) = administrator(&gateway, "ada@example.test").await;
    for refused in [
        revoke(&gateway, &ada_token, ada, "ADMIN").await,
        set_disabled(&gateway, &ada_token, ada, true).await,
    ] {
        refused.is_problem(409, "IN_USE");
    }
    let (bob, bob_token) = administrator(&gateway, "bob@example.test").await;
    let (one, other) = tokio::join!(
        set_disabled(&gateway, &ada_token, bob, true),
        revoke(&gateway, &bob_token, ada, "ADMIN"),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    // The loser finds out by the rule, or because its own rights are gone already.
    assert!(
        statuses[0] == 200 && [401, 409].contains(&statuses[1]),
        "{statuses:?}"
    );
    let left: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM `User` u JOIN `User_Roles` r ON r.userId = u.id AND r.roleId = 3
         WHERE u.disabledAt IS NULL",
    )
    .fetch_one(&gateway.database.admin)
    .await
    .expect("counted");
    assert_eq!(left, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_in_the_log_with_who_what_from_where_before_and_after() {
    let gateway = Gateway::start().await;
    let (boss, boss_token) = administrator(&gateway, "boss@example.test").await;
    let ada = gateway.sign_up("ada@example.test").await;
    let give = json!({"id": ada, "role": "FLIGHT_COMPANY", "airline": "AA"});
    let given = gateway.post_as(&boss_token, "/api/v1/role", &give).await;
    gateway.post_as(&boss_token, "/api/v1/role", &give).await;
    set_disabled(&gateway, &boss_token, ada, true).await;
    set_disabled(&gateway, &boss_token, ada, false).await;
    revoke(&gateway, &boss_token, ada, "FLIGHT_COMPANY").await;
    let mine = gateway.sign_in("ada@example.test").await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": "a quite different one"});
    let change = gateway.request(Method::PUT, "/api/v1/me/password");
    answer(change.bearer_auth(&mine).json(&body)).await;

    let path = format!("/api/v1/audit?userId={ada}");
    let log = gateway.get(&path, &boss_token).await;
    assert_eq!(log.status, 200, "{}", log.text);
    let lines = log.json["data"].as_array().expect("a list");
    let actions: Vec<_> = lines.iter().map(|line| &line["action"]).collect();
    let expected = [
        "PASSWORD_CHANGED",
        "ROLE_REVOKED",
        "USER_ENABLED",
        "USER_DISABLED",
        "ROLE_GRANTED",
    ];
    assert_eq!(actions, expected);
    let granted = &lines[4];
    assert_eq!(
        (granted["actorId"].as_i64(), granted["userId"].as_i64()),
        (Some(boss), Some(ada))
    );
    assert_eq!(granted["address"], "127.0.0.1");
    assert_eq!(granted["correlationId"], given.header("x-correlation-id"));
    let customer = json!({"roles": ["CUSTOMER"], "airline": null, "disabled": false});
    let company =
        json!({"roles": ["CUSTOMER", "FLIGHT_COMPANY"], "airline": "AA", "disabled": false});
    assert_eq!(
        (&granted["before"], &granted["after"]),
        (&customer, &company)
    );
    for personal in ["ada@", "Lovelace", "argon2", "different one"] {
        assert!(!log.text.contains(personal), "{personal} is in the log");
    }
    let by_ada = format!("/api/v1/audit?actorId={ada}&limit=1");
    let by_ada = gateway.get(&by_ada, &boss_token).await;
    assert_eq!(by_ada.json["data"][0]["action"], "PASSWORD_CHANGED");
    assert_eq!(by_ada.json["page"]["next"], Value::Null);

    let service = gateway.database.config().pool();
    for forbidden in [
        "UPDATE AuditLog SET actorId = 1",
        "DELETE FROM AuditLog",
        "TRUNCATE AuditLog",
    ] {
        let refused = sqlx::query(forbidden).execute(&service).await;
        let error = refused.expect_err(forbidden);
        assert_eq!(db::number(&error), Some(1142), "{forbidden}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administration_is_for_administrators() {
    let gateway = Gateway::start().await;
    let (customer, company) = (token(1, "CUSTOMER"), token(2, "FLIGHT_COMPANY"));
    let all = join_all([&customer, &company].map(async |token| {
        [
            gateway.get("/api/v1/users", token).await,
            gateway.get("/api/v1/audit", token).await,
            set_disabled(&gateway, token, 1, true).await,
            revoke(&gateway, token, 1, "ADMIN").await,
        ]
    }));
    for refused in all.await.into_iter().flatten() {
        refused.is_problem(403, "FORBIDDEN");
    }
}
