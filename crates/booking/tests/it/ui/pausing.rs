use std::time::Duration;

use service_kit::testing::eventually;

use super::{ADMIN_ID, EMAIL};
use crate::world::World;

const ATTEMPTS: &str = "SELECT CAST(COALESCE(SUM(attempts), 0) AS SIGNED) FROM Outbox
                        WHERE topic = 'email'";

/// Long enough for each replica to look twice.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(2_500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_on_all_replicas_and_outlives_them() {
    let mut world = World::start().await;
    let _second = world.replica().await;
    let paused = world.act(&format!("{EMAIL}/pause")).await;
    assert_eq!(paused.data()["changed"], 1, "{}", paused.text);
    world.a_mail().await;
    a_while().await;
    assert_eq!(world.count(ATTEMPTS).await, 0, "a paused relay went on");
    let topic = world.topic("email").await;
    assert_eq!(topic["paused"]["by"], ADMIN_ID);
    assert_eq!(topic["counts"]["waiting"], 1);
    let sold = "SELECT COUNT(*) FROM Outbox WHERE topic = 'hold.sell' AND doneAt IS NOT NULL";
    eventually("others go on", async || world.count(sold).await == 1).await;

    world.restart().await;
    a_while().await;
    assert_eq!(world.count(ATTEMPTS).await, 0, "a restart ended the pause");

    let resumed = world.act(&format!("{EMAIL}/resume")).await;
    assert_eq!(resumed.data()["changed"], 1, "{}", resumed.text);
    eventually("the relay goes on", async || {
        world.count(ATTEMPTS).await > 0
    })
    .await;
    assert_eq!(
        world.topic("email").await["paused"],
        serde_json::Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pausing_and_resuming_twice_changes_nothing_and_each_is_written_down() {
    let world = World::start().await;
    let mut changed = vec![];
    for action in ["pause", "pause", "resume", "resume"] {
        let answer = world
            .act(&format!("/ui/api/queues/hold.sell/{action}"))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        changed.push(answer.data()["changed"].clone());
    }
    assert_eq!(changed, [1, 0, 1, 0]);
    let line = |action: &str, n: u64| format!("{ADMIN_ID} {action} hold.sell - DONE {n}");
    let lines = [
        line("PAUSE", 1),
        line("PAUSE", 0),
        line("RESUME", 1),
        line("RESUME", 0),
    ];
    assert_eq!(world.audit().await, lines);
    world
        .act("/ui/api/queues/nobodys/pause")
        .await
        .is(404, "NOT_FOUND");
    assert_eq!(world.audit().await.len(), 4);
}
