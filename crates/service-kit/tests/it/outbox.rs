//! The outbox: every message is carried out, by whoever comes first, as often as it takes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use service_kit::{
    outbox::{Handler, Message, Outcome, Relay, Wake, enqueue, enqueue_after},
    testing::{TestDatabase, eventually},
};
use sqlx::MySqlPool;
use tokio_util::sync::CancellationToken;

const TOPIC: &str = "test";

/// Counts what it is given and answers what it is told.
#[derive(Clone)]
struct Recorder {
    seen: Arc<Mutex<HashMap<String, u32>>>,
    outcome: Outcome,
    pause: Duration,
}

impl Recorder {
    fn new(outcome: Outcome) -> Self {
        Self {
            seen: Arc::default(),
            outcome,
            pause: Duration::ZERO,
        }
    }
}

impl Handler for Recorder {
    async fn handle(&self, batch: &[Message]) -> Vec<Outcome> {
        tokio::time::sleep(self.pause).await;
        let mut seen = self.seen.lock().unwrap();
        for message in batch {
            *seen.entry(message.id.clone()).or_default() += 1;
        }
        vec![self.outcome; batch.len()]
    }
}

async fn write(pool: &MySqlPool, count: u32) {
    let mut tx = pool.begin().await.unwrap();
    for n in 0..count {
        enqueue(&mut tx, TOPIC, &json!({"n": n})).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn undone(pool: &MySqlPool) -> i64 {
    let sql = "SELECT COUNT(*) FROM Outbox WHERE doneAt IS NULL";
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_carry_out_each_message_once() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    let (recorder, wake, stop) = (
        Recorder::new(Outcome::Done),
        Wake::default(),
        CancellationToken::new(),
    );
    for _ in 0..2 {
        let relay = Relay::new(pool.clone(), TOPIC, wake.clone(), recorder.clone());
        tokio::spawn(relay.run(stop.clone()));
    }
    for _ in 0..5 {
        write(&pool, 100).await;
        wake.notify();
    }
    eventually("all are done", async || undone(&pool).await == 0).await;
    let seen = recorder.seen.lock().unwrap();
    assert_eq!(seen.len(), 500);
    assert!(seen.values().all(|times| *times == 1));
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_later_waits() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    let hour = Duration::from_secs(3600);
    let mut tx = pool.begin().await.unwrap();
    enqueue_after(&mut tx, TOPIC, &json!({}), hour)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let recorder = Recorder::new(Outcome::Done);
    let relay = Relay::new(pool, TOPIC, Wake::default(), recorder);
    assert_eq!(relay.relay_once().await.unwrap(), 0);
    sqlx::query("UPDATE Outbox SET availableAt = availableAt - INTERVAL 1 HOUR")
        .execute(&database.admin)
        .await
        .unwrap();
    assert_eq!(relay.relay_once().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_rolled_back_never_was() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    let mut tx = pool.begin().await.unwrap();
    enqueue(&mut tx, TOPIC, &json!({})).await.unwrap();
    tx.rollback().await.unwrap();
    let recorder = Recorder::new(Outcome::Done);
    let relay = Relay::new(pool, TOPIC, Wake::default(), recorder);
    assert_eq!(relay.relay_once().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_tried_again_later_and_never_dropped() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    write(&pool, 1).await;
    let recorder = Recorder::new(Outcome::Failed);
    let relay = Relay::new(pool.clone(), TOPIC, Wake::default(), recorder.clone());
    for attempt in 1..=12 {
        assert_eq!(relay.relay_once().await.unwrap(), 1, "attempt {attempt}");
        assert_eq!(
            relay.relay_once().await.unwrap(),
            0,
            "not before its pause is over"
        );
        let pause: i64 = sqlx::query_scalar(
            "SELECT TIMESTAMPDIFF(MICROSECOND, NOW(6), availableAt) FROM Outbox",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        assert!(pause > 0 && pause <= 60_000_000, "{pause}");
        sqlx::query("UPDATE Outbox SET availableAt = NOW(6)")
            .execute(&pool)
            .await
            .unwrap();
    }
    assert_eq!(undone(&pool).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_messages_of_a_relay_that_died_are_taken_over_and_its_late_outcome_ignored() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    write(&pool, 1).await;
    let mut slow = Recorder::new(Outcome::Failed);
    slow.pause = Duration::from_millis(800);
    let slow_relay = Relay::new(pool.clone(), TOPIC, Wake::default(), slow.clone());
    let stuck = tokio::spawn(async move { slow_relay.relay_once().await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let quick = Recorder::new(Outcome::Done);
    let relay = Relay::new(pool.clone(), TOPIC, Wake::default(), quick.clone());
    assert_eq!(relay.relay_once().await.unwrap(), 0, "still leased");
    let over = "UPDATE Outbox SET leasedUntil = NOW(6) - INTERVAL 1 SECOND";
    sqlx::query(over).execute(&pool).await.unwrap();
    assert_eq!(relay.relay_once().await.unwrap(), 1);
    stuck.await.unwrap().unwrap();
    assert_eq!(
        undone(&pool).await,
        0,
        "the late outcome changed a done row"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn acting_is_remembered_and_waiting_is_not_acting() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    write(&pool, 1).await;
    let relay_answering =
        |outcome| Relay::new(pool.clone(), TOPIC, Wake::default(), Recorder::new(outcome));
    let acted = async || -> bool {
        let sql = "SELECT actedAt IS NOT NULL FROM Outbox";
        sqlx::query_scalar::<_, i64>(sql)
            .fetch_one(&pool)
            .await
            .unwrap()
            == 1
    };
    relay_answering(Outcome::Wait(Duration::ZERO))
        .relay_once()
        .await
        .unwrap();
    assert!(!acted().await);
    relay_answering(Outcome::Acted(Duration::ZERO))
        .relay_once()
        .await
        .unwrap();
    assert!(acted().await);
}

/// What the operator sees: waiting for its time is not failing.
#[tokio::test(flavor = "multi_thread")]
async fn failures_are_counted_in_a_row() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    write(&pool, 1).await;
    let (failed, waited) = (Outcome::Failed, Outcome::Wait(Duration::ZERO));
    for (outcome, failures) in [(failed, 1), (failed, 2), (waited, 0), (failed, 1)] {
        let relay = Relay::new(pool.clone(), TOPIC, Wake::default(), Recorder::new(outcome));
        assert_eq!(relay.relay_once().await.unwrap(), 1);
        let sql = "SELECT CAST(failures AS SIGNED) FROM Outbox";
        let counted: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        assert_eq!(counted, failures, "after {outcome:?}");
        let due = "UPDATE Outbox SET availableAt = NOW(6)";
        sqlx::query(due).execute(&pool).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_topic_stands_still_on_every_replica_until_it_is_resumed() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    write(&pool, 1).await;
    let run = async |sql: &'static str| sqlx::query(sql).execute(&pool).await.unwrap();
    run("INSERT INTO Pauses (queue, pausedBy) VALUES ('test', 1), ('another', 1)").await;
    let replica = || {
        let (wake, recorder) = (Wake::default(), Recorder::new(Outcome::Done));
        Relay::new(pool.clone(), TOPIC, wake, recorder).pausable()
    };
    for _ in 0..2 {
        assert_eq!(replica().relay_once().await.unwrap(), 0);
    }
    run("DELETE FROM Pauses WHERE queue = 'test'").await;
    assert_eq!(replica().relay_once().await.unwrap(), 1);
    assert_eq!(undone(&pool).await, 0);
}
