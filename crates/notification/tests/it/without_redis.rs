use std::time::{Duration, Instant};

use contracts::email::EmailJob;
use service_kit::testing::RedisServer;

use crate::{
    harness::{World, is_ready, job, until},
    sink::Manner,
};

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_without_redis_and_takes_jobs_once_redis_is_there() {
    let mut redis = RedisServer::stopped();
    let world = World::with_redis(redis.url.clone()).await;
    let service = world.start().await;
    until("it is ready", 5, async || is_ready(&service.url).await).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(is_ready(&service.url).await, "readiness is the database's");
    redis.start().await;
    let job = job();
    world.push(&job).await;
    until("it is sent within seconds", 5, async || {
        world.state(&job).await.as_deref() == Some("SENT")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_restarts_or_loses_everything_costs_no_mail_of_the_ledger() {
    let mut redis = RedisServer::stopped();
    redis.start().await;
    let world = World::with_redis(redis.url.clone()).await;
    let service = world.start().await;
    world.sink.usually(Manner::Refuse(451));
    let jobs: Vec<EmailJob> = (0..20).map(|_| job()).collect();
    world.push_all(&jobs).await;
    until("the ledger has them", 10, async || {
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM Deliveries WHERE attempts > 0")
            .fetch_one(&world.database.admin)
            .await
            .expect("counted");
        rows == 20
    })
    .await;
    let mut connection = world.redis().await;
    let _: () = redis::cmd("FLUSHALL")
        .query_async(&mut connection)
        .await
        .expect("emptied");
    let after_flush = job();
    world.push(&after_flush).await;
    until("it goes on after FLUSHALL", 5, async || {
        world.state(&after_flush).await.is_some()
    })
    .await;

    redis.kill();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(is_ready(&service.url).await, "readiness is the database's");
    world.sink.usually(Manner::Accept);
    until("all go out without Redis", 20, async || {
        world.count("SENT").await == 21
    })
    .await;
    redis.start().await;
    let after_restart = job();
    world.push(&after_restart).await;
    let begun = Instant::now();
    world.until_state(&after_restart, "SENT").await;
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(world.sink.mails().len(), 22, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_in_time_with_redis_and_without() {
    let mut redis = RedisServer::stopped();
    redis.start().await;
    let world = World::with_redis(redis.url.clone()).await;
    let with = world.start().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    with.stop().await.expect("a clean end");
    assert!(
        begun.elapsed() < Duration::from_secs(7),
        "{:?}",
        begun.elapsed()
    );
    redis.kill();
    let without = world.start().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    without.stop().await.expect("a clean end");
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}
