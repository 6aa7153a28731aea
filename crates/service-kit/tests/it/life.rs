//! A service's life: health, and what ends it.

use std::time::Duration;

use axum::Router;
use service_kit::{
    Service,
    db::DatabaseConfig,
    http::{layers::HttpMetrics, routes::Gate},
    identity::{Keys, UserVerifier},
    telemetry::metrics::Catalogue,
    testing::{Running, TestDatabase, free_port, http},
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::MIGRATOR;

const METRICS: Catalogue = Catalogue {
    http: HttpMetrics::in_milliseconds(
        "http_requests_total_life",
        "http_request_duration_ms_life",
        "active_requests_life",
    ),
    own: &[],
};

/// A service with these routes.
pub async fn service_on(database: DatabaseConfig, routes: Router) -> Service {
    let gate = Gate {
        users: UserVerifier::new(Keys::none()),
        services: None,
    };
    Service::new(
        "life",
        free_port().await,
        routes,
        gate,
        METRICS,
        database,
        &MIGRATOR,
    )
}

async fn service() -> Service {
    let database = TestDatabase::create(&MIGRATOR).await;
    service_on(database.config(), Router::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn health_takes_a_slash_and_refuses_other_methods_with_a_problem() {
    let running = Running::start(service().await);
    for path in ["/livez", "/livez/", "/readyz", "/readyz/", "/metrics/"] {
        let url = format!("{}{path}", running.url);
        assert_eq!(http().get(&url).send().await.unwrap().status(), 200);
        let refused = http().post(&url).send().await.unwrap();
        assert_eq!(refused.status(), 405, "{path}");
        let problem: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "MALFORMED", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_background_task_that_panics_ends_the_service_with_an_error() {
    let service = service().await.background(async |_| {
        tokio::time::sleep(Duration::from_millis(50)).await;
        panic!("on purpose");
    });
    let ended = tokio::time::timeout(
        Duration::from_secs(20),
        service.run_until(std::future::pending()),
    );
    let error = ended.await.expect("it ends").expect_err("by an error");
    assert!(error.to_string().contains("background task"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_request_does_not_keep_the_tasks_from_ending() {
    let (told, heard) = tokio::sync::oneshot::channel();
    let service = service().await.background(async move |stop| {
        stop.cancelled().await;
        told.send(()).expect("somebody waits");
    });
    let address = service.address().unwrap();
    let running = Running::start(service);
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET /livez HTTP/1.1\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.stop().await.unwrap();
    heard.await.expect("the task was told to stop");
}
