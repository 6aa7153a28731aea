//! Signing up, signing in, being somebody, being given roles.

use serde_json::{Value, json};

use crate::harness::{Gateway, PASSWORD, admin, token};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_up_signs_in_and_sees_their_account() {
    let gateway = Gateway::start().await;
    let body = json!({"email": " Ada@Example.test ", "password": PASSWORD, "name": " Ada "});
    let signed_up = gateway.post("/api/v1/signup", &body).await;
    assert_eq!(signed_up.status, 200, "{}", signed_up.text);
    assert_eq!(signed_up.json["success"], true);
    let account = &signed_up.json["data"];
    assert_eq!(account["email"], "ada@example.test");
    assert_eq!(account["name"], "Ada");
    assert_eq!(account["roles"], json!(["CUSTOMER"]));
    for time in ["createdAt", "updatedAt"] {
        let text = account[time].as_str().expect("a time");
        assert!(chrono::DateTime::parse_from_rfc3339(text).is_ok(), "{text}");
    }

    let signed_in = gateway.sign_in_with("ADA@example.test", PASSWORD).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    assert_eq!(&signed_in.json["data"]["user"], account);
    assert_eq!(signed_in.json["data"]["expiresIn"], 900);
    let token = signed_in.json["data"]["jwt"].as_str().expect("a token");

    let id = account["id"].as_i64().expect("an id");
    for path in [
        "/api/v1/me",
        "/api/v1/me/",
        "/api/v1",
        "/api/v1/",
        &format!("/api/v1/{id}"),
    ] {
        let answer = gateway.get(path, token).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert_eq!(&answer.json["data"], account, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_and_unknown_address_get_the_same_answer() {
    let gateway = Gateway::start().await;
    gateway.sign_up("ada@example.test").await;
    let wrong = gateway
        .sign_in_with("ada@example.test", "not the password")
        .await;
    let unknown = gateway
        .sign_in_with("eve@example.test", "not the password")
        .await;
    for answer in [&wrong, &unknown] {
        answer.is_problem(401, "BAD_CREDENTIALS");
    }
    let without_id = |mut json: Value| {
        json["correlationId"] = Value::Null;
        json
    };
    assert_eq!(without_id(wrong.json), without_id(unknown.json));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_signs_up_once_even_by_twenty_at_once() {
    let gateway = Gateway::start().await;
    let attempts = (0..20).map(|number| {
        let email = if number % 2 == 0 {
            "ada@example.test"
        } else {
            "ADA@example.test "
        };
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
        let (client, url) = (
            gateway.client.clone(),
            format!("{}/api/v1/signup", gateway.url),
        );
        tokio::spawn(async move {
            let answer = client
                .post(url)
                .json(&body)
                .send()
                .await
                .expect("an answer");
            answer.status().as_u16()
        })
    });
    let mut statuses = vec![];
    for attempt in attempts.collect::<Vec<_>>() {
        statuses.push(attempt.await.expect("no panic"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(
        statuses[1..].iter().all(|status| *status == 409),
        "{statuses:?}"
    );
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM `User_Roles`")
        .fetch_one(&gateway.database.admin)
        .await
        .expect("counted");
    assert_eq!(rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_shown_to_its_owner_and_to_administrators() {
    let gateway = Gateway::start().await;
    let ada = gateway.sign_up("ada@example.test").await;
    let path = format!("/api/v1/{ada}");
    assert_eq!(
        gateway.get(&path, &token(ada, "CUSTOMER")).await.status,
        200
    );
    assert_eq!(gateway.get(&path, &admin()).await.status, 200);
    for stranger in [token(ada + 1, "CUSTOMER"), token(ada + 1, "FLIGHT_COMPANY")] {
        gateway
            .get(&path, &stranger)
            .await
            .is_problem(404, "NOT_FOUND");
    }
    gateway
        .get("/api/v1/999999", &admin())
        .await
        .is_problem(404, "NOT_FOUND");
    gateway
        .get("/api/v1/me", &token(999_999, "CUSTOMER"))
        .await
        .is_problem(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_roles_and_giving_twice_changes_nothing() {
    let gateway = Gateway::start().await;
    let ada = gateway.sign_up("ada@example.test").await;
    let staff = json!({"id": ada, "role": "FLIGHT_COMPANY", "airline": "AA"});
    for _ in 0..2 {
        let answer = gateway.post_as(&admin(), "/api/v1/role", &staff).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(
            answer.json["data"]["roles"],
            json!(["CUSTOMER", "FLIGHT_COMPANY"])
        );
        assert_eq!(answer.json["data"]["airline"], "AA");
    }
    let moved = json!({"id": ada, "role": "FLIGHT_COMPANY", "airline": "UA"});
    let answer = gateway.post_as(&admin(), "/api/v1/role", &moved).await;
    assert_eq!(answer.json["data"]["airline"], "UA");
    let admins = json!({"id": ada, "role": "ADMIN"});
    let answer = gateway.post_as(&admin(), "/api/v1/role", &admins).await;
    assert_eq!(
        answer.json["data"]["roles"],
        json!(["CUSTOMER", "FLIGHT_COMPANY", "ADMIN"])
    );

    let mine = gateway.sign_in("ada@example.test").await;
    let nobody = json!({"id": 999_999, "role": "ADMIN"});
    gateway
        .post_as(&mine, "/api/v1/role", &nobody)
        .await
        .is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_give_roles() {
    let gateway = Gateway::start().await;
    let ada = gateway.sign_up("ada@example.test").await;
    let body = json!({"id": ada, "role": "ADMIN"});
    gateway
        .post("/api/v1/role", &body)
        .await
        .is_problem(401, "UNAUTHENTICATED");
    for role in ["CUSTOMER", "FLIGHT_COMPANY"] {
        let answer = gateway
            .post_as(&token(ada, role), "/api/v1/role", &body)
            .await;
        answer.is_problem(403, "FORBIDDEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airline_without_its_role_cannot_be_stored() {
    let gateway = Gateway::start().await;
    let ada = gateway.sign_up("ada@example.test").await;
    for (role, airline) in [(2, None), (3, Some("AA"))] {
        let stored =
            sqlx::query("INSERT INTO `User_Roles` (userId, roleId, airline) VALUES (?, ?, ?)")
                .bind(ada)
                .bind(role)
                .bind(airline)
                .execute(&gateway.database.admin)
                .await;
        assert!(stored.is_err(), "role {role} with {airline:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_is_503_and_not_ready() {
    let gateway = Gateway::with(&[("DATABASE_URL", "mysql://nobody@127.0.0.1:1/nothing")]).await;
    let started = std::time::Instant::now();
    let answer = gateway.sign_in_with("ada@example.test", PASSWORD).await;
    answer.is_problem(503, "UPSTREAM_DOWN");
    assert!(started.elapsed().as_secs() < 10);
    gateway
        .get_openly("/readyz")
        .await
        .is_problem(503, "UPSTREAM_DOWN");
    assert_eq!(gateway.get_openly("/livez").await.status, 200);
}
