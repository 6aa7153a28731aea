use apalis::prelude::TaskSink;
use apalis_redis::RedisStorage;
use contracts::email::EmailJob;
use notification::queue;
use redis::AsyncCommands;
use serde_json::{Value, json};
use service_kit::testing::eventually;
use ulid::Ulid;

use crate::harness::{World, job, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_becomes_a_mail_with_its_headers_and_parts() {
    let world = World::create().await;
    let _service = world.start().await;
    let job = EmailJob {
        subject: "Your booking ABC234 is confirmed \u{2708}".to_owned(),
        ..job()
    };
    world.push(&job).await;
    world.until_state(&job, "SENT").await;

    let mails = world.sink.mails();
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len());
    };
    assert_eq!(mail.recipient, "ann@example.test");
    let header = |name: &str| mail.header(name).unwrap_or_default();
    assert_eq!(header("From"), "Airside <bookings@airside.example>");
    assert_eq!(header("To"), "ann@example.test");
    assert!(header("Subject").starts_with("Your booking ABC234 is confirmed =?utf-8?"));
    assert_eq!(
        header("Message-ID"),
        format!("<{}@airside.example>", job.job_id)
    );
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert!(header("Date").ends_with("+0000"));
    assert!(header("Content-Type").starts_with("multipart/alternative"));
    for part in ["text/plain", "text/html", "ABC234", "USD 218.00", "AA100"] {
        assert!(mail.raw.contains(part), "{part}");
    }
    assert_eq!(world.row(&job).await, Some(("SENT".into(), 1, None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_pushed_five_times_is_one_mail() {
    let world = World::create().await;
    let _services = (world.start().await, world.start().await);
    let job = job();
    for _ in 0..5 {
        world.push(&job).await;
    }
    world.until_state(&job, "SENT").await;
    world.push(&job).await;
    let last = self::job();
    world.push(&last).await;
    world.until_state(&last, "SENT").await;
    assert_eq!(world.mails_of(&job).len(), 1);
    assert_eq!(world.row(&job).await, Some(("SENT".into(), 1, None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_jobs_are_each_sent_once_by_two_replicas() {
    let world = World::create().await;
    let _services = (world.start().await, world.start().await);
    let jobs: Vec<EmailJob> = (0..500).map(|_| job()).collect();
    world.push_all(&jobs).await;
    until("all are sent", 60, async || {
        world.count("SENT").await == 500
    })
    .await;
    for job in &jobs {
        assert_eq!(world.mails_of(job).len(), 1);
    }
    assert_eq!(world.sink.mails().len(), 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_make_no_sense_end_and_hold_up_no_other() {
    let world = World::create().await;
    let mut redis = world.redis().await;
    let mut nonsense = RedisStorage::<Value>::new(redis.clone()).with_config(queue::config());
    let mut bad_id = json!(job());
    bad_id["jobId"] = json!("not a ULID");
    for bad in [json!({"nonsense": 1}), json!("text"), bad_id] {
        nonsense.push(bad).await.expect("pushed");
    }
    nonsense.push(json!("to be spoilt")).await.expect("pushed");
    let ids: Vec<String> = redis.hkeys("queue-mailer:data").await.expect("ids");
    let _: () = redis
        .hset("queue-mailer:data", &ids[0], "{not json")
        .await
        .expect("spoilt");
    // An id without a job, as eviction or a careless hand leaves it.
    let _: () = redis
        .rpush("queue-mailer:active", Ulid::new().to_string())
        .await
        .expect("pushed");
    let _service = world.start().await;
    let good = job();
    world.push(&good).await;
    until("the good one is sent", 30, async || {
        world.state(&good).await.as_deref() == Some("SENT")
    })
    .await;
    until("the others are dead", 30, async || {
        let mut redis = redis.clone();
        let dead: u32 = redis.scard("queue-mailer:dead").await.expect("counted");
        dead == 4
    })
    .await;
    let waiting: u32 = redis.llen("queue-mailer:active").await.expect("counted");
    let again: u32 = redis
        .zcard("queue-mailer:scheduled")
        .await
        .expect("counted");
    assert_eq!((waiting, again), (0, 0), "none of them comes again");
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM Deliveries")
        .fetch_one(&world.database.admin)
        .await
        .expect("counted");
    assert_eq!(rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn done_jobs_leave_redis() {
    let world = World::create().await;
    let _service = world.start().await;
    let jobs: Vec<EmailJob> = (0..50).map(|_| job()).collect();
    world.push_all(&jobs).await;
    eventually("all are sent", async || world.count("SENT").await == 50).await;
    let redis = world.redis().await;
    until("Redis has forgotten them", 20, async || {
        let mut redis = redis.clone();
        let data: u32 = redis.hlen("queue-mailer:data").await.expect("counted");
        let done: u32 = redis.scard("queue-mailer:done").await.expect("counted");
        let meta: Vec<String> = redis.keys("queue-mailer:meta*").await.expect("listed");
        data == 0 && done == 0 && meta.is_empty()
    })
    .await;
}
