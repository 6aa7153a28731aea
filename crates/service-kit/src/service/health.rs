//! What operators and load balancers ask: is it alive, is it ready, what does it count.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{front::Front, limits::Limits, listener::Listener};
use crate::{
    db::{Found, Probe},
    http::{client, correlation, problem::Problem, reply::Reply, routes::method_not_allowed},
    telemetry,
};

/// How long somebody who asks waits for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What readiness depends on.
pub(super) struct Readiness {
    stopping: AtomicBool,
    database: Probe,
}

impl Readiness {
    /// Ready once the database answers and has every migration.
    pub(super) fn new(database: Probe) -> Self {
        Self {
            stopping: AtomicBool::new(false),
            database,
        }
    }

    /// Not ready any more.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// `/livez`, `/readyz` and, where it may be seen, `/metrics`.
pub(super) fn routes(readiness: Arc<Readiness>, shows_metrics: bool) -> Router {
    let livez = get(async || {
        correlation::matched("/livez");
        Json(json!({"status": "live"}))
    });
    let health = Router::new()
        .route("/livez", livez.clone())
        .route("/livez/", livez)
        .route("/readyz", get(readyz))
        .route("/readyz/", get(readyz))
        .with_state(readiness);
    let health = match shows_metrics {
        true => health.merge(metrics()),
        false => health,
    };
    health.method_not_allowed_fallback(method_not_allowed)
}

fn metrics() -> Router {
    let metrics = get(async || {
        correlation::matched("/metrics");
        telemetry::scrape()
    });
    Router::new()
        .route("/metrics", metrics.clone())
        .route("/metrics/", metrics)
}

/// Nothing but `/metrics`, on a listener that the internet does not reach.
pub(super) async fn serve_metrics(listener: TcpListener, stop: CancellationToken) {
    let limits = Limits::default();
    let front = Front::unmeasured(metrics(), limits);
    let listener = Listener::new("metrics", listener, limits);
    listener.serve(front, stop).await;
}

async fn readyz(State(readiness): State<Arc<Readiness>>) -> Response {
    correlation::matched("/readyz");
    if readiness.stopping.load(Ordering::Relaxed) {
        return Problem::unavailable("stopping").into_response();
    }
    match readiness.database.look().await {
        Found::Ready => Json(json!({"status": "ready"})).into_response(),
        Found::OldSchema => Problem::unavailable("schema: run the migrations").into_response(),
        Found::Away => Problem::unavailable("database: cannot be reached").into_response(),
        Found::Hangs => Problem::unavailable("database: does not answer").into_response(),
    }
}

/// `GET /api/v1/ping`: "Pong!", whatever body comes with it.
pub async fn ping() -> Reply<&'static str> {
    Reply::ok("Pong!", "Pong!")
}

/// `GET /api/v1/ping/health`: "OK".
pub async fn ping_health() -> Reply<&'static str> {
    Reply::ok("OK", "OK")
}

/// For `<service> health`, which a container asks: fails unless the process that listens on
/// `listen` is ready.
pub async fn ask_health(listen: SocketAddr) -> anyhow::Result<()> {
    ask(listen, "/readyz").await
}

/// The same of a program that shows its metrics and nothing else.
pub async fn ask_metrics(listen: SocketAddr) -> anyhow::Result<()> {
    ask(listen, "/metrics").await
}

async fn ask(listen: SocketAddr, path: &str) -> anyhow::Result<()> {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let url = format!("http://{}{path}", SocketAddr::new(ip, listen.port()));
    let question = client::build().get(&url).timeout(PATIENCE);
    let answer = question.send().await.context("nobody answers")?;
    let status = answer.status();
    ensure!(status.is_success(), "{status}: {}", answer.text().await?);
    Ok(())
}
