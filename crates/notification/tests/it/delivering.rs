use std::{net::SocketAddr, time::Duration};

use service_kit::testing::eventually;

use crate::{
    harness::{World, job, until},
    sink::{Manner, Sink},
};

#[tokio::test(flavor = "multi_thread")]
async fn while_the_mail_server_is_down_a_mail_waits_and_goes_out_when_it_is_back() {
    let mut world = World::create().await;
    let address: SocketAddr = world.sink.address;
    let _service = world.start().await;
    world.sink = Sink::start().await; // the old one is gone
    let job = job();
    world.push(&job).await;
    until("it was tried", 10, async || {
        let row = world.row(&job).await;
        row.is_some_and(|(state, attempts, error)| {
            state == "QUEUED" && attempts >= 1 && error.is_some()
        })
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await; // connections of the old one end
    world.sink = Sink::start_at(address).await;
    world.until_state(&job, "SENT").await;
    assert_eq!(world.mails_of(&job).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_refusal_is_tried_again_by_the_ledger_alone() {
    let world = World::create().await;
    let _service = world.start().await;
    world.sink.next(Manner::Refuse(451));
    world.sink.next(Manner::Refuse(421));
    let job = job();
    world.push(&job).await;
    world.until_state(&job, "SENT").await;
    assert_eq!(world.row(&job).await, Some(("SENT".into(), 3, None)));
    assert_eq!(world.mails_of(&job).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_refusal_is_dead_and_not_tried_again() {
    let world = World::create().await;
    let _service = world.start().await;
    world.sink.next(Manner::Refuse(550));
    let job = job();
    world.push(&job).await;
    world.until_state(&job, "DEAD").await;
    let (_, attempts, error) = world.row(&job).await.expect("there");
    assert!(error.expect("a reason").contains("550"));
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(attempts, 1);
    assert_eq!(world.sink.mails().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_our_credentials_condemns_no_mail() {
    let world = World::create().await;
    let _service = world.start().await;
    world.sink.next(Manner::Refuse(530));
    let job = job();
    world.push(&job).await;
    world.until_state(&job, "SENT").await;
    assert_eq!(world.row(&job).await, Some(("SENT".into(), 2, None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_hangs_up_after_the_data_gets_the_mail_again_with_the_same_id() {
    let world = World::create().await;
    let _service = world.start().await;
    world.sink.next(Manner::HangUpAfterData);
    let job = job();
    world.push(&job).await;
    world.until_state(&job, "SENT").await;
    assert_eq!(
        world.mails_of(&job).len(),
        2,
        "receivers can tell by the id"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_never_passes_for_the_answer_to_another_mail() {
    let world = World::create().await;
    let _service = world.start().await;
    // Says yes when nobody waits for it any more, and no to the second attempt.
    world
        .sink
        .next(Manner::AcceptAfter(Duration::from_secs(21)));
    world.sink.next(Manner::RefuseAfter(Duration::ZERO, 554));
    let job = job();
    world.push(&job).await;
    until("time ran out", 30, async || {
        let row = world.row(&job).await;
        row.is_some_and(|(state, attempts, _)| state == "QUEUED" && attempts == 1)
    })
    .await;
    let connections = world.sink.connections();
    until("the second attempt is over", 10, async || {
        let row = world.row(&job).await;
        row.is_some_and(|(state, attempts, _)| attempts == 2 && state != "SENDING")
    })
    .await;
    assert_eq!(world.state(&job).await.as_deref(), Some("DEAD"));
    assert_eq!(world.sink.connections(), connections + 1, "a fresh one");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_of_a_worker_that_lost_its_lease_does_not_count() {
    let world = World::create().await;
    let _services = (world.start().await, world.start().await);
    // The first worker hears 550 late; by then another has had the mail accepted.
    world
        .sink
        .next(Manner::RefuseAfter(Duration::from_secs(3), 550));
    let job = job();
    world.push(&job).await;
    world.until_state(&job, "SENDING").await;
    tokio::time::sleep(Duration::from_millis(300)).await; // it is in the middle of the data
    world.expire_lease(&job).await;
    world.until_state(&job, "SENT").await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(world.row(&job).await, Some(("SENT".into(), 2, None)));
    assert_eq!(world.mails_of(&job).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_deliveries_are_purged_after_ninety_days_and_others_never() {
    let world = World::create().await;
    let jobs = [job(), job(), job(), job()];
    for (job, state) in jobs.iter().zip(["SENT", "DEAD", "QUEUED", "SENT"]) {
        sqlx::query(
            "INSERT INTO Deliveries (jobId, template, payload, state, messageId, nextAttemptAt, updatedAt)
             VALUES (?, 'welcome', '{}', ?, ?, NOW(6) + INTERVAL 1 DAY, NOW(6) - INTERVAL 91 DAY)",
        )
        .bind(&job.job_id)
        .bind(state)
        .bind(&job.job_id)
        .execute(&world.database.admin)
        .await
        .expect("inserted");
    }
    world
        .sql(
            "UPDATE Deliveries SET updatedAt = NOW(6) - INTERVAL 89 DAY WHERE jobId = ?",
            &jobs[3],
        )
        .await;
    let _service = world.start().await;
    eventually("the old ones are gone", async || {
        world.state(&jobs[0]).await.is_none() && world.state(&jobs[1]).await.is_none()
    })
    .await;
    assert_eq!(world.state(&jobs[2]).await.as_deref(), Some("QUEUED"));
    assert_eq!(world.state(&jobs[3]).await.as_deref(), Some("SENT"));
}
