//! E-mails in the outbox and in the queue.

use std::time::Duration;

use service_kit::testing::eventually;

use crate::world::World;

const OF_TEMPLATE: &str = "SELECT COUNT(*) FROM Outbox WHERE topic = 'email'
                           AND JSON_VALUE(payload, '$.templateId') = ";

/// Catches `donebypush`: a row is done once the ledger knows its job, not when it was pushed.
#[tokio::test(flavor = "multi_thread")]
async fn an_email_that_was_pushed_is_not_done_before_the_ledger_knows_it() {
    let world = World::start().await;
    let flight = world.flight(50).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    world.pay(&token, &booking, "k", "tok_success").await;
    let pushed = "SELECT COUNT(*) FROM Outbox WHERE topic = 'email' AND actedAt IS NOT NULL";
    eventually("the job was pushed", async || {
        world.count(pushed).await == 1
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let done = "SELECT COUNT(*) FROM Outbox WHERE topic = 'email' AND doneAt IS NOT NULL";
    assert_eq!(world.count(done).await, 0, "nobody has sent it");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_outcome_has_exactly_its_email() {
    let world = World::start().await;
    let flight = world.flight(4).await;
    let token = world.identities.customer(1);
    let booked = world.book(&token, flight, 1).await;
    world.pay(&token, &booked, "k", "tok_success").await;
    let expired = world.book(&token, flight, 1).await.booking_id();
    world
        .sql(
            "UPDATE Bookings SET expiresAt = NOW(6) WHERE id = ?",
            expired,
        )
        .await;
    world.column_eventually(expired, "reason", "EXPIRED").await;
    let cancelled = world.book(&token, flight, 1).await.booking_id();
    world.cancel(&token, cancelled).await;
    world.book(&token, flight, 9).await.is(409, "NO_SEATS");
    let count = async |template: &str| -> i64 {
        let sql = format!("{OF_TEMPLATE}'{template}'");
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
        query.fetch_one(&world.bookings.admin).await.unwrap()
    };
    assert_eq!(count("booking_success").await, 1);
    assert_eq!(count("booking_expired").await, 1);
    assert_eq!(count("booking_cancelled").await, 1);
    assert_eq!(
        world
            .count("SELECT COUNT(*) FROM Outbox WHERE topic = 'email'")
            .await,
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_takes_two_thousand_jobs_and_counts_those_at_workers() {
    let world = World::start().await;
    let client = redis::Client::open(world.redis.as_str()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let fill = r"for n = 1, 1990 do redis.call('RPUSH', 'queue-mailer:active', n) end
        redis.call('ZADD', 'queue-mailer:workers', 1, 'w')
        for n = 1, 10 do redis.call('SADD', 'queue-mailer:inflight:w', n) end";
    redis::Script::new(fill)
        .invoke_async::<_, ()>(&mut redis)
        .await
        .unwrap();
    let flight = world.flight(4).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    world.pay(&token, &booking, "k", "tok_success").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let pushed = "SELECT COUNT(*) FROM Outbox WHERE topic = 'email' AND actedAt IS NOT NULL";
    assert_eq!(world.count(pushed).await, 0, "the queue was full");
    redis::cmd("DEL")
        .arg("queue-mailer:inflight:w")
        .exec_async(&mut redis)
        .await
        .unwrap();
    eventually("there was room again", async || {
        world.count(pushed).await == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_away_stops_no_booking() {
    let world = World::with(&[("REDIS_URL", "redis://127.0.0.1:9")]).await;
    let flight = world.flight(4).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await;
    let paid = world.pay(&token, &booking, "k", "tok_success").await;
    assert_eq!(paid.status, 200, "{}", paid.text);
    world
        .column_eventually(booking.booking_id(), "seatState", "SOLD")
        .await;
    let waiting = "SELECT COUNT(*) FROM Outbox WHERE topic = 'email' AND doneAt IS NULL";
    assert_eq!(world.count(waiting).await, 1);
}
