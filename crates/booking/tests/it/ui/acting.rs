use service_kit::testing::eventually;

use super::{ADMIN_ID, EMAIL};
use crate::{network::Fault, world::World};

/// A hold that cannot be sold: flights is away. Its row has failed and waits for its next attempt.
async fn a_failed_job(world: &World) -> String {
    let flight = world.flight(4).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    world.to_flights.always(Some(Fault::LoseRequest));
    world.pay(&token, &booking, "k", "tok_success").await;
    let failed = "SELECT COUNT(*) FROM Outbox WHERE topic = 'hold.sell' AND failures > 0";
    eventually("it fails", async || world.count(failed).await == 1).await;
    let later = "UPDATE Outbox SET availableAt = NOW(6) + INTERVAL 1 HOUR, leasedUntil = NULL,
                 leaseToken = NULL WHERE topic = 'hold.sell'";
    world.run(later).await;
    let sql = "SELECT id FROM Outbox WHERE topic = 'hold.sell'";
    let query = sqlx::query_scalar(sql);
    query.fetch_one(&world.bookings.admin).await.unwrap()
}

const DONE: &str = "SELECT COUNT(*) FROM Outbox WHERE topic = 'hold.sell' AND doneAt IS NOT NULL";

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_retried_at_once_and_that_is_written_down() {
    let world = World::start().await;
    let id = a_failed_job(&world).await;
    assert_eq!(world.topic("hold.sell").await["counts"]["failed"], 1);
    world.to_flights.always(None);
    let path = format!("/ui/api/queues/hold.sell/jobs/{id}/retry");
    let retried = world.act(&path).await;
    assert_eq!(retried.data()["changed"], 1, "{}", retried.text);
    eventually("it is done", async || world.count(DONE).await == 1).await;
    world.act(&path).await.is(409, "NOT_NOW");
    let line = format!("{ADMIN_ID} RETRY hold.sell {id} DONE 1");
    assert_eq!(world.audit().await, [line]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_failed_is_retried_at_once() {
    let world = World::start().await;
    a_failed_job(&world).await;
    world.to_flights.always(None);
    let replayed = world.act("/ui/api/queues/hold.sell/replay").await;
    assert_eq!(replayed.data()["changed"], 1, "{}", replayed.text);
    eventually("it is done", async || world.count(DONE).await == 1).await;
    let again = world.act("/ui/api/queues/hold.sell/replay").await;
    assert_eq!(again.data()["changed"], 0, "{}", again.text);
    let line = |n: u64| format!("{ADMIN_ID} REPLAY hold.sell - DONE {n}");
    assert_eq!(world.audit().await, [line(1), line(0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_anyway_stays_and_what_is_not_there_is_404() {
    let world = World::start().await;
    world.act(&format!("{EMAIL}/pause")).await;
    let id = world.a_mail().await;
    let due = world.act(&format!("{EMAIL}/jobs/{id}/retry")).await;
    assert_eq!(due.data()["changed"], 0, "{}", due.text);
    for nobody in ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "✈"] {
        for action in ["retry", "discard"] {
            let path = format!("{EMAIL}/jobs/{nobody}/{action}");
            world.act(&path).await.is(404, "NOT_FOUND");
        }
        let path = format!("{EMAIL}/jobs/{nobody}");
        world.look(&path).await.is(404, "NOT_FOUND");
    }
    // A job of one queue is none of another.
    let elsewhere = format!("/ui/api/queues/hold.sell/jobs/{id}");
    world.look(&elsewhere).await.is(404, "NOT_FOUND");
    let elsewhere = format!("{elsewhere}/retry");
    world.act(&elsewhere).await.is(404, "NOT_FOUND");
    assert_eq!(world.audit().await.len(), 2, "pause and retry");
}

/// "No undone row is ever dropped": not even by an administrator.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_outbox_has_cannot_be_discarded() {
    let world = World::start().await;
    let id = a_failed_job(&world).await;
    let path = format!("/ui/api/queues/hold.sell/jobs/{id}/discard");
    world.act(&path).await.is(409, "NOT_NOW");
    assert_eq!(world.count(DONE).await, 0);
    assert_eq!(world.audit().await, [] as [&str; 0]);
}

/// Whoever wonders later finds that it was asked for, and that nobody knows.
#[tokio::test(flavor = "multi_thread")]
async fn while_notification_is_away_mails_are_said_to_be_and_what_was_asked_is_written_down() {
    let world = World::start().await;
    let overview = world.look("/ui/api/overview").await;
    assert_eq!(overview.data()["mails"], serde_json::Value::Null);
    world
        .look("/ui/api/queues/mails/jobs")
        .await
        .is(503, "UPSTREAM_DOWN");
    world
        .act("/ui/api/queues/mails/pause")
        .await
        .is(503, "UPSTREAM_DOWN");
    let line = |outcome: &str| format!("{ADMIN_ID} PAUSE mails - {outcome} -");
    assert_eq!(world.audit().await, [line("ASKED"), line("UNKNOWN")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_says_who_did_what_newest_first_and_is_never_changed() {
    let world = World::start().await;
    for action in ["pause", "resume", "replay"] {
        world.act(&format!("{EMAIL}/{action}")).await;
    }
    let first = world.look("/ui/api/audit?limit=2").await;
    let lines = first.data();
    assert_eq!(
        (&lines[0]["action"], &lines[1]["action"]),
        (&"REPLAY".into(), &"RESUME".into())
    );
    assert_eq!(lines[0]["actorId"], ADMIN_ID);
    assert!(lines[0]["at"].is_string() && lines[0]["correlationId"].is_string());
    let next = first.json()["page"]["next"].as_str().unwrap().to_owned();
    let last = world.look(&format!("/ui/api/audit?cursor={next}")).await;
    assert_eq!(last.data().as_array().unwrap().len(), 1);
    assert_eq!(last.data()[0]["action"], "PAUSE");
    let pool = world.bookings.config().pool();
    for change in ["UPDATE AuditLog SET actorId = 0", "DELETE FROM AuditLog"] {
        let refused = sqlx::query(change).execute(&pool).await.unwrap_err();
        assert_eq!(service_kit::db::number(&refused), Some(1142), "{change}");
    }
}
