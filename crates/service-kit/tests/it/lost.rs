//! A database that is lost without a reset, as behind a pulled cable, and comes back.

use std::time::{Duration, Instant};

use axum::Router;
use futures::future::join_all;
use service_kit::testing::{Running, TestDatabase, http};
use sqlx::MySqlPool;

use crate::{MIGRATOR, life::service_on, tunnel::Tunnel};

const CONNECTIONS: u32 = 4;

async fn ready(service: &Running) -> u16 {
    let url = format!("{}/readyz", service.url);
    http().get(url).send().await.unwrap().status().as_u16()
}

/// As many queries at once as there are connections.
async fn use_all(pool: &MySqlPool) -> Vec<sqlx::Result<i32>> {
    let query = async |_| {
        sqlx::query_scalar("SELECT SLEEP(0.05)")
            .fetch_one(pool)
            .await
    };
    join_all((0..CONNECTIONS).map(query)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_lost_without_a_reset_is_not_ready_within_3_s_and_back_within_5() {
    let tunnel = Tunnel::to(&TestDatabase::create(&MIGRATOR).await).await;
    let service = Running::start(service_on(tunnel.config(2), Router::new()).await);
    assert_eq!(ready(&service).await, 200);

    tunnel.go_silent();
    let lost = Instant::now();
    while ready(&service).await == 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let noticed = lost.elapsed();
    assert!(
        noticed < Duration::from_secs(3),
        "not ready only after {noticed:?}"
    );

    tunnel.heal();
    let back = Instant::now();
    while ready(&service).await != 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let returned = back.elapsed();
    assert!(
        returned < Duration::from_secs(5),
        "ready only after {returned:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_went_silent_idle_or_in_use_are_replaced() {
    let tunnel = Tunnel::to(&TestDatabase::create(&MIGRATOR).await).await;
    let pool = tunnel.config(CONNECTIONS).pool();
    assert!(use_all(&pool).await.iter().all(Result::is_ok));

    // Two wait for an answer when the line goes silent, and are given up; two are idle.
    let mut in_use = vec![pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
    tunnel.go_silent();
    for connection in &mut in_use {
        let query = sqlx::query("DO 1").execute(&mut **connection);
        let answer = tokio::time::timeout(Duration::from_millis(100), query).await;
        assert!(answer.is_err(), "a silent line answered");
    }
    drop(in_use);
    // Long enough that the idle ones are not trusted any more.
    tokio::time::sleep(Duration::from_millis(1_100)).await;

    tunnel.heal();
    let healed = Instant::now();
    let answers = use_all(&pool).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let took = healed.elapsed();
    assert!(took < Duration::from_secs(5), "took {took:?}");
}
