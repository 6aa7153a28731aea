//! Retries and migrations.

use futures::future::join_all;
use service_kit::{db, testing::TestDatabase};
use sqlx::MySqlPool;

/// Adds one to both counters, in the given order.
async fn add(pool: &MySqlPool, first: i32, second: i32) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    for id in [first, second] {
        sqlx::query("UPDATE Counters SET n = n + 1 WHERE id = ?")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    tx.commit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_deadlock_are_run_again_until_they_succeed() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    let plain = join_all((0..20).map(|n| add(&pool, 1 + n % 2, 2 - n % 2))).await;
    let deadlocks = plain
        .iter()
        .filter_map(|outcome| outcome.as_ref().err())
        .map(db::number);
    let deadlocks: Vec<_> = deadlocks.collect();
    assert!(
        deadlocks.contains(&Some(1213)),
        "no deadlock was provoked: {deadlocks:?}"
    );
    sqlx::query("UPDATE Counters SET n = 0")
        .execute(&pool)
        .await
        .unwrap();
    let run = |n: i32| {
        let pool = &pool;
        db::retry(move || add(pool, 1 + n % 2, 2 - n % 2))
    };
    let retried = join_all((0..6).map(run)).await;
    assert!(retried.iter().all(Result::is_ok), "{retried:?}");
    let counters: Vec<i32> = sqlx::query_scalar("SELECT n FROM Counters")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(counters, [6, 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_that_run_at_once_take_turns() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    for table in ["_sqlx_migrations", "Counters", "Outbox", "Pauses"] {
        let drop = sqlx::AssertSqlSafe(format!("DROP TABLE {table}"));
        sqlx::query(drop).execute(&database.admin).await.unwrap();
    }
    let admin = database.admin_config();
    let all = join_all((0..4).map(|_| db::migrate(&admin, &crate::MIGRATOR))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let mut connection = database.admin.acquire().await.unwrap();
    let current = db::is_current(&mut connection, &crate::MIGRATOR).await;
    assert!(current.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_may_not_change_tables() {
    let database = TestDatabase::create(&crate::MIGRATOR).await;
    let pool = database.config().pool();
    for forbidden in [
        "DROP TABLE Counters",
        "ALTER TABLE Counters ADD x INT",
        "CREATE TABLE T (x INT)",
    ] {
        let error = sqlx::query(forbidden).execute(&pool).await.unwrap_err();
        assert_eq!(db::number(&error), Some(1142), "{forbidden}");
    }
}
