use contracts::email::EmailJob;
use serde_json::json;

use crate::{
    harness::{World, job},
    sink::Manner,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_can_make_no_mail_is_dead_with_its_reason() {
    let world = World::create().await;
    let _service = world.start().await;
    for (bad, reason) in [
        (
            EmailJob {
                to: "nobody".to_owned(),
                ..job()
            },
            "bad address",
        ),
        (
            EmailJob {
                to: "ann@example.test\r\nRCPT TO:<eve@example.test>".to_owned(),
                ..job()
            },
            "bad address",
        ),
        (
            EmailJob {
                template_id: "no_such_template".to_owned(),
                ..job()
            },
            "template",
        ),
        (
            EmailJob {
                template_id: "\u{2708}".repeat(200),
                ..job()
            },
            "template",
        ),
        (
            EmailJob {
                params: json!({"name": "Ann"}),
                ..job()
            },
            "template",
        ),
    ] {
        world.push(&bad).await;
        world.until_state(&bad, "DEAD").await;
        let (_, attempts, error) = world.row(&bad).await.expect("there");
        assert!(error.expect("a reason").starts_with(reason), "{bad:?}");
        assert_eq!(attempts, 1);
    }
    assert_eq!(world.sink.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_is_dead_and_holds_up_no_other() {
    let world = World::create().await;
    let (bad, good) = (job(), job());
    sqlx::query(
        "INSERT INTO Deliveries (jobId, template, payload, messageId) VALUES (?, 'x', '[]', 'x')",
    )
    .bind(&bad.job_id)
    .execute(&world.database.admin)
    .await
    .expect("inserted");
    let _service = world.start().await;
    world.push(&good).await;
    world.until_state(&good, "SENT").await;
    world.until_state(&bad, "DEAD").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_failed_for_a_day_is_given_up() {
    let world = World::create().await;
    let _service = world.start().await;
    world.sink.usually(Manner::Refuse(451));
    let job = job();
    world.push(&job).await;
    world.until_state(&job, "QUEUED").await;
    world
        .sql(
            "UPDATE Deliveries SET createdAt = NOW(6) - INTERVAL 25 HOUR WHERE jobId = ?",
            &job,
        )
        .await;
    world.make_due(&job).await;
    world.until_state(&job, "DEAD").await;
    let (_, _, error) = world.row(&job).await.expect("there");
    assert!(error.expect("the last reason").contains("451"));
}
