//! `DELETE /api/v1/me`: an account is erased, or open again.

mod keeper;
mod world;

use reqwest::Method;
use serde_json::{Value, json};
use service_kit::testing::eventually;

use crate::harness::{PASSWORD, admin, answer};
use keeper::Mood;
use world::{CLEO, ERASED, SHUT, World};

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_account_is_nowhere_and_its_address_is_free() {
    let world = World::start(Mood::Erases, Mood::Erases).await;
    let (id, token) = world.cleo().await;
    let company = json!({"id": id, "role": "FLIGHT_COMPANY", "airline": "AA"});
    world
        .gateway
        .post_as(&admin(), "/api/v1/role", &company)
        .await;
    let token_of_the_role = world.sign_in().await;
    assert!(
        world.traces().await.len() >= 5,
        "{:?}",
        world.traces().await
    );

    let (erased, seen_meanwhile) = tokio::join!(world.erase(&token_of_the_role, PASSWORD), async {
        world.eventually("it is shut", SHUT, 1).await;
        let me = world.gateway.get("/api/v1/me", &token_of_the_role).await;
        let signin = world.gateway.sign_in_with(CLEO, PASSWORD).await;
        assert_eq!(world.booking.asked(), 0, "not before every token is dead");
        world.hurry().await;
        (me, signin)
    });
    assert_eq!(erased.status, 200, "{}", erased.text);
    seen_meanwhile.0.is_problem(401, "UNAUTHENTICATED");
    seen_meanwhile.1.is_problem(403, "FORBIDDEN");
    assert_eq!((world.booking.asked(), world.notification.asked()), (1, 1));
    assert_eq!(world.traces().await, [""; 0]);
    for token in [&token, &token_of_the_role] {
        let me = world.gateway.get("/api/v1/me", token).await;
        me.is_problem(401, "UNAUTHENTICATED");
    }
    let old = world.gateway.sign_in_with(CLEO, PASSWORD).await;
    old.is_problem(401, "BAD_CREDENTIALS");

    let found = world.gateway.get(&format!("/api/v1/{id}"), &admin()).await;
    let (data, none) = (&found.json["data"], json!([]));
    assert_eq!(
        (&data["name"], &data["roles"], &data["airline"]),
        (&json!(""), &none, &Value::Null)
    );
    assert_eq!(data["email"], format!("erased:{id}"));
    assert!(data["erasedAt"].is_string(), "{}", found.text);
    let placeholder = world
        .gateway
        .sign_in_with(&format!("erased:{id}"), "!")
        .await;
    placeholder.names_field("email");
    let given = world
        .gateway
        .post_as(&admin(), "/api/v1/role", &company)
        .await;
    given.is_problem(404, "NOT_FOUND");

    let log = world.log_of(id).await;
    let actions: Vec<_> = log.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["ERASED", "ERASURE_ASKED", "ROLE_GRANTED"]);
    assert_eq!(
        (&log[0]["actorId"], &log[0]["address"]),
        (&json!(id), &json!("::"))
    );
    assert_eq!(log[0]["after"]["roles"], none);

    let (again, _) = world.cleo().await;
    assert!(again > id, "a new account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_erasure_says_why_and_the_account_is_open_again() {
    let world = World::start(Mood::Refuses, Mood::Erases).await;
    let (id, token) = world.cleo().await;
    let (blocked, ()) = tokio::join!(world.erase(&token, PASSWORD), async {
        world.eventually("it is shut", SHUT, 1).await;
        world.hurry().await;
    });
    blocked.is_problem(409, "ERASURE_BLOCKED");
    let codes: Vec<_> = blocked.json["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|e| &e["code"])
        .collect();
    assert_eq!(codes, ["booking_ahead", "mail_pending"]);
    assert_eq!(world.notification.asked(), 0);
    let me = world.gateway.get("/api/v1/me", &token).await;
    me.is_problem(401, "UNAUTHENTICATED");
    let token = world.sign_in().await;
    let me = world.gateway.get("/api/v1/me", &token).await;
    assert_eq!(me.json["data"]["email"], CLEO);
    let actions: Vec<_> = world
        .log_of(id)
        .await
        .iter()
        .map(|line| line["action"].clone())
        .collect();
    assert_eq!(actions, ["ERASURE_BLOCKED", "ERASURE_ASKED"]);

    world.booking.is(Mood::Erases);
    let (erased, ()) = tokio::join!(world.erase(&token, PASSWORD), async {
        world.eventually("it is shut", SHUT, 1).await;
        world.hurry().await;
    });
    assert_eq!(erased.status, 200, "{}", erased.text);
    assert_eq!(world.traces().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_was_disabled_meanwhile_stays_disabled() {
    let world = World::start(Mood::Refuses, Mood::Erases).await;
    let (id, token) = world.cleo().await;
    let (blocked, ()) = tokio::join!(world.erase(&token, PASSWORD), async {
        world.eventually("it is shut", SHUT, 1).await;
        let request = world
            .gateway
            .request(Method::PATCH, &format!("/api/v1/users/{id}"));
        let disabled = answer(
            request
                .bearer_auth(admin())
                .json(&json!({"disabled": true})),
        )
        .await;
        assert_eq!(disabled.status, 200, "{}", disabled.text);
        world.hurry().await;
    });
    blocked.is_problem(409, "ERASURE_BLOCKED");
    assert_eq!(world.count(SHUT).await, 0);
    let signin = world.gateway.sign_in_with(CLEO, PASSWORD).await;
    signin.is_problem(403, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_reached_delays_an_erasure_and_loses_nothing() {
    let world = World::start(Mood::IsAway, Mood::IsAway).await;
    let (_, token) = world.cleo().await;
    let late = world.erase(&token, PASSWORD).await;
    assert_eq!(late.status, 202, "{}", late.text);
    assert_eq!(late.json["success"], true);
    let signin = world.gateway.sign_in_with(CLEO, PASSWORD).await;
    signin.is_problem(403, "FORBIDDEN");
    world.booking.is(Mood::Erases);
    let asked = world.notification.asked();
    eventually("booking did its part", async || {
        world.notification.asked() > asked
    })
    .await;
    assert_eq!(world.count(ERASED).await, 0);
    // Once booking has erased there is no way back, whatever it would say now.
    world.notification.is(Mood::Erases);
    world.eventually("it is done", ERASED, 1).await;
    assert_eq!(world.traces().await, [""; 0]);
    let undone = "SELECT COUNT(*) FROM Outbox WHERE doneAt IS NULL";
    world.eventually("nothing is left to do", undone, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_to_the_account_go_out_first() {
    let world = World::start(Mood::Erases, Mood::Erases).await;
    let (id, token) = world.cleo().await;
    let mail = "INSERT INTO Outbox (id, topic, payload, availableAt) VALUES
        ('01M8AEHV4RHRC0YBRHTT5MDND3', 'email', JSON_OBJECT('userId', ?, 'to', ?, 'subject', 'Cleo',
         'templateId', 'welcome', 'params', JSON_OBJECT('name', 'Cleo Canary')), NOW(6) + INTERVAL 1 HOUR)";
    let inserted = sqlx::query(mail)
        .bind(id)
        .bind(CLEO)
        .execute(&world.gateway.database.admin)
        .await;
    inserted.expect("inserted");
    let (erased, ()) = tokio::join!(world.erase(&token, PASSWORD), async {
        world.eventually("it is shut", SHUT, 1).await;
        world.hurry().await;
        eventually("booking was asked again", async || {
            world.booking.asked() > 1
        })
        .await;
        assert_eq!(
            (world.notification.asked(), world.count(ERASED).await),
            (0, 0)
        );
        world.mails_are_done().await;
    });
    assert_eq!(erased.status, 200, "{}", erased.text);
    assert_eq!(world.traces().await, [""; 0]);
    let kept = "SELECT COUNT(*) FROM Outbox WHERE JSON_VALUE(payload, '$.templateId') = 'welcome'
                AND JSON_VALUE(payload, '$.userId') > 0";
    assert!(world.count(kept).await >= 1, "ids and templates stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_at_once_are_one_erasure() {
    let world = World::start(Mood::Erases, Mood::Erases).await;
    let (_, token) = world.cleo().await;
    let (one, other, ()) = tokio::join!(
        world.erase(&token, PASSWORD),
        world.erase(&token, PASSWORD),
        async {
            world.eventually("it is shut", SHUT, 1).await;
            world.hurry().await;
        }
    );
    // The later one may find its token dead already.
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert!(
        statuses[0] == 200 && [200, 401].contains(&statuses[1]),
        "{statuses:?}"
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM Erasures").await, 1);
    assert_eq!(world.booking.asked(), 1);
    world
        .sql("UPDATE Outbox SET doneAt = NULL, availableAt = NOW(6) WHERE topic = 'account.erase'")
        .await;
    let undone = "SELECT COUNT(*) FROM Outbox WHERE doneAt IS NULL";
    world
        .eventually("relayed again, it changes nothing", undone, 0)
        .await;
    assert_eq!(world.booking.asked(), 1);
    assert_eq!(
        world
            .count("SELECT COUNT(*) FROM AuditLog WHERE action = 'ERASED'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_with_the_password_erases() {
    let world = World::start(Mood::Erases, Mood::Erases).await;
    let (_, token) = world.cleo().await;
    world
        .erase(&token, "a wrong guess")
        .await
        .names_field("currentPassword");
    for (body, field) in [
        (json!({}), "currentPassword"),
        (json!({"currentPassword": PASSWORD, "id": 7}), "id"),
        (json!({"currentPassword": ""}), "currentPassword"),
    ] {
        let request = world.gateway.request(Method::DELETE, "/api/v1/me");
        answer(request.bearer_auth(&token).json(&body))
            .await
            .names_field(field);
    }
    let request = world.gateway.request(Method::DELETE, "/api/v1/me");
    let openly = answer(request.json(&json!({"currentPassword": PASSWORD}))).await;
    openly.is_problem(401, "UNAUTHENTICATED");
    assert_eq!(world.count(SHUT).await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM Erasures").await, 0);
    assert_eq!(
        world.gateway.get("/api/v1/me", &token).await.status,
        200,
        "nothing happened"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_cannot_be_erased() {
    let world = World::start(Mood::Erases, Mood::Erases).await;
    let (id, _) = world.cleo().await;
    let give = json!({"id": id, "role": "ADMIN"});
    world.gateway.post_as(&admin(), "/api/v1/role", &give).await;
    let token = world.sign_in().await;
    world
        .erase(&token, PASSWORD)
        .await
        .is_problem(409, "IN_USE");
    assert_eq!(world.count(SHUT).await, 0);
    let other = world.gateway.sign_up("other@example.test").await;
    let give = json!({"id": other, "role": "ADMIN"});
    world.gateway.post_as(&admin(), "/api/v1/role", &give).await;
    world.mails_are_done().await;
    let other_token = world.gateway.sign_in("other@example.test").await;
    // Each is the last one once the other is being erased.
    let (one, two, ()) = tokio::join!(
        world.erase(&token, PASSWORD),
        world.erase(&other_token, PASSWORD),
        async {
            world.eventually("one is shut", SHUT, 1).await;
            world.hurry().await;
        }
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(world.count(ERASED).await, 1);
}
