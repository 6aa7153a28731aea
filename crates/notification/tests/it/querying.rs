use std::time::Duration;

use contracts::{
    CallError,
    email::{Delivery, DeliveryState},
};
use serde_json::{Value, json};
use service_kit::testing::{closed_port, http};
use ulid::Ulid;

use crate::{
    harness::{World, job},
    sink::Manner,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_says_where_each_known_job_stands() {
    let world = World::create().await;
    let service = world.start().await;
    let jobs = [job(), job(), job(), job()];
    let states = ["SENT", "DEAD", "QUEUED", "SENDING"];
    let manners = [
        Manner::Accept,
        Manner::Refuse(550),
        Manner::Refuse(451),
        Manner::AcceptAfter(Duration::from_secs(10)),
    ];
    for ((job, state), manner) in jobs.iter().zip(states).zip(manners) {
        world.sink.next(manner);
        world.push(job).await;
        world.until_state(job, state).await;
        world
            .sql(
                "UPDATE Deliveries SET nextAttemptAt = NOW(6) + INTERVAL 1 DAY WHERE jobId = ?",
                job,
            )
            .await;
    }
    let mut ids: Vec<String> = jobs.iter().map(|job| job.job_id.clone()).collect();
    ids.push(Ulid::new().to_string());
    ids.push("not a ULID, \u{2708}, and far too long to be one".to_owned());
    ids.push(jobs[0].job_id.to_lowercase());
    let mut known = world
        .ledger(&[&service.url])
        .query(ids)
        .await
        .expect("known");
    known.sort_by(|a, b| a.job_id.cmp(&b.job_id));
    let delivery = |index: usize, state| Delivery {
        job_id: jobs[index].job_id.clone(),
        state,
    };
    let mut expected = vec![
        delivery(0, DeliveryState::Sent),
        delivery(1, DeliveryState::Dead),
        delivery(2, DeliveryState::Queued),
        delivery(3, DeliveryState::Sending),
    ];
    expected.sort_by(|a, b| a.job_id.cmp(&b.job_id));
    assert_eq!(known, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_takes_five_hundred_ids_and_no_more() {
    let world = World::create().await;
    let service = world.start().await;
    let ids = |n: usize| (0..n).map(|_| Ulid::new().to_string()).collect::<Vec<_>>();
    let ledger = world.ledger(&[&service.url]);
    assert_eq!(ledger.query(ids(500)).await.expect("answered"), vec![]);
    assert_eq!(ledger.query(vec![]).await.expect("answered"), vec![]);
    let token = world.identities.booking_token("notification");
    for (body, field) in [
        (json!({"jobIds": ids(501)}), "jobIds"),
        (json!({"jobIds": [1]}), "jobIds[0]"),
        (json!({"jobIds": "x"}), "jobIds"),
        (json!({}), "jobIds"),
        (json!({"jobIds": [], "all": true}), "all"),
    ] {
        let url = format!("{}/internal/v1/deliveries/query", service.url);
        let request = http().post(url).bearer_auth(&token).json(&body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 422, "{body}");
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["errors"][0]["field"], json!(field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_services_may_query_and_everybody_may_ping() {
    let world = World::create().await;
    let service = world.start().await;
    let query = async |token: Option<String>| {
        let url = format!("{}/internal/v1/deliveries/query", service.url);
        let mut request = http().post(url).json(&json!({"jobIds": []}));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    let identities = &world.identities;
    assert_eq!(query(None).await, 401);
    assert_eq!(query(Some(identities.admin())).await, 401);
    assert_eq!(query(Some(identities.booking_token("flights"))).await, 401);
    assert_eq!(
        query(Some(identities.booking_token("notification"))).await,
        200
    );
    for (path, data) in [("ping", "Pong!"), ("ping/health", "OK")] {
        let url = format!("{}/api/v1/{path}", service.url);
        let answer = http().get(url).send().await.expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(
            (&body["success"], &body["data"]),
            (&json!(true), &json!(data))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_not_there_is_passed_over() {
    let world = World::create().await;
    let service = world.start().await;
    let nobody = format!("http://127.0.0.1:{}", closed_port());
    let ids = || vec![Ulid::new().to_string()];
    let ledger = world.ledger(&[&nobody, &service.url]);
    assert_eq!(ledger.query(ids()).await.expect("answered"), vec![]);
    let alone = world.ledger(&[&nobody]).query(ids()).await;
    assert!(matches!(alone, Err(CallError::Unreachable(_))), "{alone:?}");
}
