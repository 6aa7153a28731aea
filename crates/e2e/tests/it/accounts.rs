//! Accounts and the mails about them, through the whole stack.

use std::{collections::HashSet, time::Duration};

use audit::Audit;
use e2e::{
    api::Api,
    stack::{Mail, Options, Stack},
    traveller::{PASSWORD, Traveller},
};
use reqwest::Method;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};

use crate::shared::{eventually, gateway, stack};

const NEW: &str = "a quite different one";

/// The one mail to an address about this.
async fn the_mail(stack: &Stack, about: &str, address: &str) -> Mail {
    let look = || async { stack.sink.mails_about(about, address) };
    let mut mails = eventually(about, look, |mails| !mails.is_empty()).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.remove(0)
}

async fn post(api: &Api, path: &str, body: serde_json::Value) {
    let answer = api.post(path, &body).await.unwrap();
    assert!(
        (200..300).contains(&answer.status),
        "{path}: {}",
        answer.text
    );
}

async fn is_verified(someone: &Traveller) -> bool {
    let me = someone.api.get("/api/v1/me").await.unwrap();
    me.data()["emailVerified"] == true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_verifies_moves_forgets_and_comes_back_by_the_links_in_the_mails() {
    let (stack, open) = (stack().await, gateway().await);
    let someone = Traveller::arrive(&open).await.unwrap();
    let welcome = the_mail(stack, "Welcome to Airside", &someone.email).await;
    let verify = json!({"token": welcome.token()});
    post(&open, "/api/v1/email/verify", verify).await;
    assert!(is_verified(&someone).await);

    let moved = format!("moved-{}", someone.email);
    let profile = json!({"email": moved, "currentPassword": PASSWORD});
    let answer = someone
        .api
        .send(Method::PATCH, "/api/v1/me", &[], Some(&profile))
        .await
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    the_mail(stack, "another address", &someone.email).await;
    let confirm = the_mail(stack, "Confirm your address", &moved).await;
    assert!(!is_verified(&someone).await);
    let verify = json!({"token": confirm.token()});
    post(&open, "/api/v1/email/verify", verify).await;
    assert!(is_verified(&someone).await);

    post(&open, "/api/v1/password/forgot", json!({"email": moved})).await;
    let choose = the_mail(stack, "Choose a new password", &moved).await;
    let reset = json!({"token": choose.token(), "newPassword": NEW});
    post(&open, "/api/v1/password/reset", reset).await;
    the_mail(stack, "password was changed", &moved).await;
    // Flights and booking hear of it by Redis.
    let refused = || async {
        let look = someone.api.get("/bookingService/api/v1/booking");
        look.await.unwrap().status
    };
    eventually("the session is over", refused, |status| *status == 401).await;
    assert!(open.signed_in(&moved, PASSWORD).await.is_err());
    open.signed_in(&moved, NEW).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_away_stops_no_sign_up_and_the_mail_comes_later() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    stack.redis.kill();
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    let audit = auditor(&stack);
    let left = audit.quiesce(Duration::from_secs(2)).await.unwrap();
    assert_eq!(left, 1, "the mail waits in the outbox");
    stack.redis.restart().unwrap();
    the_mail(&stack, "Welcome to Airside", &someone.email).await;
    assert_eq!(audit.quiesce(Duration::from_secs(60)).await.unwrap(), 0);
    let report = audit.run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_is_welcomed_once_though_gateway_and_worker_are_killed() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    let mut people = vec![];
    for killed in ["notification", "gateway", "notification"] {
        let open = stack.gateway();
        let arrivals = (0..4).map(|_| Traveller::arrive(&open));
        people.extend(futures::future::try_join_all(arrivals).await.unwrap());
        stack.part_mut(killed).kill();
        stack.restart(killed).await.unwrap();
    }
    // What the dead had leased is anybody's now, not in half a minute.
    let mut root = stack.database.root().await.unwrap();
    for lease in [
        "UPDATE {gateway}.Outbox SET leasedUntil = NOW(6) WHERE leasedUntil IS NOT NULL",
        "UPDATE {notification}.Deliveries SET leasedUntil = NOW(6) WHERE state = 'SENDING'",
    ] {
        let over = AssertSqlSafe(stack.database.schemas.fill(lease));
        root.execute(over).await.unwrap();
    }
    let audit = auditor(&stack);
    assert_eq!(audit.quiesce(Duration::from_secs(60)).await.unwrap(), 0);
    let mut copies = 0;
    for someone in &people {
        let look = || async { stack.sink.mails_about("Welcome", &someone.email) };
        let mails = eventually("the welcome", look, |mails| !mails.is_empty()).await;
        let ids: HashSet<_> = mails.iter().map(|mail| &mail.message_id).collect();
        assert_eq!(ids.len(), 1, "{}", someone.email);
        copies += mails.len() - 1;
    }
    assert!(copies <= 2, "{copies} copies after the worker died twice");
    let report = audit.run().await.unwrap();
    assert!(report.is_clean(), "{report}");
    stack.finish().await.unwrap();
}

fn auditor(stack: &Stack) -> Audit {
    Audit::new(&stack.database.audit_url(), stack.database.schemas.clone()).unwrap()
}
