//! How long a request may take, as the service and its caller see it.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

async fn asking(running: &Running, path: &str, patience: &str) -> Answer {
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: a\r\nx-request-timeout-ms: {patience}\r\n\
         connection: close\r\n\r\n"
    );
    Client::sending(running, &request).await.rest().await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_may_have_less_patience_than_the_service() {
    let running = running(Limits::default()).await;
    let answer = asking(&running, "/slow", "200").await;
    answer.is_last_problem(503, "too little");
    assert_eq!(answer.header("retry-after"), "1");
    for enough in ["9000", "", "soon", "-1", "1.5", "99999999999999999999"] {
        let answer = asking(&running, "/slow", enough).await;
        assert_eq!((answer.status(), answer.body()), (200, "slow"), "{enough}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_caller_has_more() {
    let limits = Limits {
        request: Duration::from_millis(200),
        ..Limits::default()
    };
    let running = running(limits).await;
    let answer = asking(&running, "/slow", "9000").await;
    answer.is_last_problem(503, "longer than the service may take");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_internet_connects_nobody_says_how_long_it_takes() {
    let service = service(Limits::default()).await.with_metrics_on(None);
    let running = Running::start(service);
    let answer = asking(&running, "/slow", "1").await;
    assert_eq!((answer.status(), answer.body()), (200, "slow"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_time_nothing_is_begun() {
    static BEGUN: AtomicUsize = AtomicUsize::new(0);
    let count = get(async || BEGUN.fetch_add(1, Ordering::SeqCst).to_string());
    let env = Env::from_pairs([("DATABASE_URL", "mysql://nobody:x@127.0.0.1:1/none")]);
    let database = DatabaseConfig::from_env(&env, "").unwrap();
    let service = service_on(database, Router::new().route("/count", count)).await;
    let running = Running::start(service);
    asking(&running, "/count", "0")
        .await
        .is_last_problem(503, "no time");
    assert_eq!(asking(&running, "/count", "5000").await.body(), "0");
}
