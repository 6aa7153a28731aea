//! What operators and load balancers ask: is it alive, is it ready, what does it count.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use sqlx::{MySqlPool, migrate::Migrator};

use crate::{
    db,
    http::{problem::Problem, reply::Reply, routes::method_not_allowed},
    telemetry,
};

/// Readiness answers within this, also when the database hangs.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// What readiness depends on.
pub(super) struct Readiness {
    stopping: AtomicBool,
    schema_checked: AtomicBool,
    database: MySqlPool,
    migrator: &'static Migrator,
}

impl Readiness {
    /// Ready once `database` answers and has every migration.
    pub(super) fn new(database: MySqlPool, migrator: &'static Migrator) -> Self {
        Self {
            stopping: AtomicBool::new(false),
            schema_checked: AtomicBool::new(false),
            database,
            migrator,
        }
    }

    /// Not ready any more.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// `/livez`, `/readyz` and, where it may be seen, `/metrics`.
pub(super) fn routes(readiness: Arc<Readiness>, shows_metrics: bool) -> Router {
    let livez = get(async || Json(json!({"status": "live"})));
    let health = Router::new()
        .route("/livez", livez.clone())
        .route("/livez/", livez)
        .route("/readyz", get(readyz))
        .route("/readyz/", get(readyz))
        .with_state(readiness);
    let metrics = get(async || telemetry::metrics().render());
    let health = match shows_metrics {
        true => health
            .route("/metrics", metrics.clone())
            .route("/metrics/", metrics),
        false => health,
    };
    health.method_not_allowed_fallback(method_not_allowed)
}

async fn readyz(State(readiness): State<Arc<Readiness>>, _: Request) -> Response {
    if readiness.stopping.load(Ordering::Relaxed) {
        return Problem::unavailable("stopping").into_response();
    }
    match tokio::time::timeout(READY_TIMEOUT, check(&readiness)).await {
        Ok(Ok(true)) => Json(json!({"status": "ready"})).into_response(),
        Ok(Ok(false)) => Problem::unavailable("schema: run the migrations").into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database cannot be reached");
            Problem::unavailable("database: cannot be reached").into_response()
        }
        Err(_) => Problem::unavailable("database: does not answer").into_response(),
    }
}

async fn check(readiness: &Readiness) -> sqlx::Result<bool> {
    if readiness.schema_checked.load(Ordering::Relaxed) {
        sqlx::query("DO 1").execute(&readiness.database).await?;
        return Ok(true);
    }
    let current = db::is_current(&readiness.database, readiness.migrator).await?;
    readiness.schema_checked.store(current, Ordering::Relaxed);
    Ok(current)
}

/// `GET /api/v1/ping`: "Pong!", whatever body comes with it.
pub async fn ping() -> Reply<&'static str> {
    Reply::ok("Pong!", "Pong!")
}

/// `GET /api/v1/ping/health`: "OK".
pub async fn ping_health() -> Reply<&'static str> {
    Reply::ok("OK", "OK")
}
