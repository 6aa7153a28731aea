use std::time::Duration;

use crate::{
    harness::{World, job, until},
    sink::Manner,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_claim_and_sending_loses_its_lease_and_the_mail_goes_out_once() {
    let world = World::create().await;
    let doomed = world.spawn().await;
    world.sink.be_silent(true);
    let job = job();
    world.push(&job).await;
    until("it is claimed and connecting", 10, async || {
        world.state(&job).await.as_deref() == Some("SENDING") && world.sink.connections() > 0
    })
    .await;
    doomed.kill();
    world.sink.be_silent(false);

    let _other = world.start().await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(
        world.state(&job).await.as_deref(),
        Some("SENDING"),
        "the lease holds"
    );
    world.expire_lease(&job).await;
    world.until_state(&job, "SENT").await;
    assert_eq!(world.row(&job).await, Some(("SENT".into(), 2, None)));
    assert_eq!(world.mails_of(&job).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_accepted_and_sent_costs_one_more_copy_at_most() {
    let world = World::create().await;
    let doomed = world.spawn().await;
    world
        .sink
        .next(Manner::AcceptAfter(Duration::from_secs(10)));
    let job = job();
    world.push(&job).await;
    until("the mail server has it", 10, async || {
        world.mails_of(&job).len() == 1
    })
    .await;
    doomed.kill();
    assert_eq!(world.state(&job).await.as_deref(), Some("SENDING"));

    let _others = (world.start().await, world.start().await);
    world.expire_lease(&job).await;
    world.until_state(&job, "SENT").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(
        world.mails_of(&job).len(),
        2,
        "same Message-ID, one more copy"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_a_killed_worker_had_taken_from_redis_are_not_lost() {
    let world = World::create().await;
    let doomed = world.spawn().await;
    world
        .sink
        .usually(Manner::AcceptAfter(Duration::from_millis(200)));
    let jobs: Vec<_> = (0..300).map(|_| job()).collect();
    world.push_all(&jobs).await;
    until("it is at work", 10, async || world.sink.mails().len() > 5).await;
    doomed.kill();
    world.sink.usually(Manner::Accept);
    tokio::time::sleep(Duration::from_millis(200)).await; // its last statements end
    sqlx::query("UPDATE Deliveries SET leasedUntil = NOW(6) WHERE state = 'SENDING'")
        .execute(&world.database.admin)
        .await
        .expect("updated");
    let _other = world.start().await;
    // Redis gives a dead worker's jobs to others after 15 s.
    until("the ledger has all", 40, async || {
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM Deliveries")
            .fetch_one(&world.database.admin)
            .await
            .expect("counted");
        rows == 300
    })
    .await;
    until("all are sent", 30, async || {
        world.count("SENT").await == 300
    })
    .await;
    let copies = world.sink.mails().len() - 300;
    assert!(copies <= 1, "{copies}: one mail is under way at a time");
}
