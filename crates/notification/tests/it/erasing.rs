//! `POST /internal/v1/users/{id}/erasure`.

use std::time::Duration;

use contracts::{
    Endpoint,
    email::EmailJob,
    erasure::{Erasure, ErasureClient},
};
use serde_json::json;
use service_kit::testing::http;

use crate::{
    harness::{World, job, until},
    sink::Manner,
};

/// Asks as the gateway does.
fn client(world: &World, url: &str) -> ErasureClient {
    let token = world.identities.gateway_token("notification");
    let tokens = std::sync::Arc::new(move |_: &str| token.clone());
    ErasureClient::new(Endpoint::new(
        (*http()).clone(),
        [url],
        "notification",
        tokens,
    ))
}

/// What is left of a payload.
fn blank(job: &EmailJob) -> serde_json::Value {
    json!({
        "jobId": job.job_id,
        "templateId": job.template_id,
        "userId": job.user_id,
        "correlationId": job.correlation_id,
        "to": "", "subject": "", "params": {},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_that_have_ended_are_blanked_and_those_of_others_stay() {
    let world = World::create().await;
    let service = world.start().await;
    let (sent, dead) = (job(), job());
    let other = EmailJob {
        user_id: Some(8),
        ..job()
    };
    let nobodys = EmailJob {
        user_id: None,
        ..job()
    };
    for job in [&sent, &other, &nobodys] {
        world.push(job).await;
        world.until_state(job, "SENT").await;
    }
    world.sink.next(Manner::Refuse(550));
    world.push(&dead).await;
    world.until_state(&dead, "DEAD").await;
    let client = client(&world, &service.url);
    for _ in 0..2 {
        assert_eq!(client.erase(7).await.expect("answered"), Erasure::Erased);
        assert_eq!(world.payload(&sent).await, blank(&sent));
        assert_eq!(world.payload(&dead).await, blank(&dead));
    }
    assert_eq!(world.row(&sent).await, Some(("SENT".into(), 1, None)));
    assert_eq!(world.row(&dead).await, Some(("DEAD".into(), 1, None)));
    assert_eq!(world.payload(&other).await, json!(other));
    assert_eq!(world.payload(&nobodys).await, json!(nobodys));
    // A copy of the job that comes late finds its row, blank as it is.
    world.push(&sent).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.payload(&sent).await, blank(&sent));
    assert_eq!(world.mails_of(&sent).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_on_its_way_goes_out_and_is_blanked_then() {
    let world = World::create().await;
    let service = world.start().await;
    let (sending, queued, lost) = (job(), job(), job());
    for job in [&queued, &lost] {
        world.sink.next(Manner::Refuse(451));
        world.push(job).await;
        until("it was tried", 10, async || {
            let row = world.row(job).await;
            row.is_some_and(|(state, attempts, _)| state == "QUEUED" && attempts == 1)
        })
        .await;
        let later = "UPDATE Deliveries SET nextAttemptAt = NOW(6) + INTERVAL 1 DAY WHERE jobId = ?";
        world.sql(later, job).await;
    }
    world.sink.next(Manner::AcceptAfter(Duration::from_secs(3)));
    world.push(&sending).await;
    world.until_state(&sending, "SENDING").await;
    let client = client(&world, &service.url);
    assert_eq!(client.erase(7).await.expect("answered"), Erasure::Erased);
    assert_eq!(world.payload(&sending).await, json!(sending));
    assert_eq!(world.row(&queued).await, Some(("QUEUED".into(), 1, None)));

    world.until_state(&sending, "SENT").await;
    assert_eq!(world.payload(&sending).await, blank(&sending));
    world.make_due(&queued).await;
    world.until_state(&queued, "SENT").await;
    assert_eq!(world.payload(&queued).await, blank(&queued));
    assert_eq!(world.mails_of(&queued).len(), 1);

    let day = "UPDATE Deliveries SET createdAt = NOW(6) - INTERVAL 25 HOUR WHERE jobId = ?";
    world.sql(day, &lost).await;
    world.sink.next(Manner::Refuse(451));
    world.make_due(&lost).await;
    world.until_state(&lost, "DEAD").await;
    assert_eq!(world.payload(&lost).await, blank(&lost));
    assert_eq!(world.row(&lost).await, Some(("DEAD".into(), 2, None)));
}

/// Somebody who makes a blanked row due again, by SQL or by what may come, sends nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_blanked_mail_cannot_be_sent_again() {
    let world = World::create().await;
    let service = world.start().await;
    let dead = job();
    world.sink.next(Manner::Refuse(550));
    world.push(&dead).await;
    world.until_state(&dead, "DEAD").await;
    let client = client(&world, &service.url);
    assert_eq!(client.erase(7).await.expect("answered"), Erasure::Erased);
    let connections = world.sink.connections();
    let replay = "UPDATE Deliveries SET state = 'QUEUED', nextAttemptAt = NOW(6) WHERE jobId = ?";
    world.sql(replay, &dead).await;
    world.until_state(&dead, "DEAD").await;
    let (_, attempts, _) = world.row(&dead).await.expect("there");
    assert_eq!(attempts, 2, "it was tried, and found to be no mail");
    assert_eq!(world.sink.connections(), connections);
    assert_eq!(world.sink.mails().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_gateway_may_erase() {
    let world = World::create().await;
    let service = world.start().await;
    let identities = &world.identities;
    let ask = async |token: Option<String>, user: &str| {
        let url = format!("{}/internal/v1/users/{user}/erasure", service.url);
        let mut request = http().post(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(ask(None, "7").await, 401);
    assert_eq!(ask(Some(identities.admin()), "7").await, 401);
    assert_eq!(
        ask(Some(identities.gateway_token("booking")), "7").await,
        401
    );
    assert_eq!(
        ask(Some(identities.booking_token("notification")), "7").await,
        403
    );
    let good = || Some(identities.gateway_token("notification"));
    assert_eq!(ask(good(), "7").await, 200, "nobody knows 7: as good");
    for bad in ["0", "-1", "x", "7.0"] {
        assert_eq!(ask(good(), bad).await, 422, "{bad}");
    }
}
