//! A card provider to develop and test against: charge, get, void and refund, each idempotent by
//! the payment's id, with a durable ledger and tokens that stand for cards.
//!
//! Start reading at [`routes::routes`], then [`charges`].

pub mod charges;
pub mod config;
pub mod error;
pub mod routes;

use std::time::Duration;

use service_kit::{
    Service,
    config::Env,
    db::{self, DatabaseConfig},
    http::{layers::HttpMetrics, routes::Gate},
    identity::{Keys, ServiceVerifier, UserVerifier},
};
use sqlx::{MySqlPool, migrate::Migrator};
use tokio::net::TcpListener;

use config::Config;

/// The schema's versions.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/payment_sandbox");

const METRICS: HttpMetrics = HttpMetrics {
    requests: "http_requests_total_payments",
    duration_ms: "http_request_duration_ms_payments",
    active: "active_requests_payments",
};

/// What handlers share.
#[derive(Clone)]
pub struct AppState {
    /// The ledger.
    pub pool: MySqlPool,
    /// From a charge's arrival to its decision.
    pub charge_delay: Duration,
}

/// Puts the service together.
pub async fn build(config: Config, listener: TcpListener) -> anyhow::Result<Service> {
    let gate = Gate {
        users: UserVerifier::new(Keys::none()),
        services: Some(ServiceVerifier::from_file(
            contracts::charges::PAYMENT_SANDBOX,
            &config.service_jwks,
        )?),
    };
    let pool = config.database.pool();
    let state = AppState {
        pool: pool.clone(),
        charge_delay: config.charge_delay,
    };
    let router = routes::routes().into_router(state);
    let service = Service::new(
        contracts::charges::PAYMENT_SANDBOX,
        listener,
        router,
        gate,
        METRICS,
        config.database.clone(),
        &MIGRATOR,
    );
    Ok(service.background(|stop| charges::settle::run(pool, stop)))
}

/// Serves until SIGTERM.
pub async fn serve(env: Env) -> anyhow::Result<()> {
    let config = Config::from_env(&env)?;
    let listener = service_kit::service::listen("PORT", config.listen).await?;
    build(config, listener).await?.run_until_stopped().await
}

/// Brings the schema up to date.
pub async fn migrate(env: Env) -> anyhow::Result<()> {
    db::migrate(&DatabaseConfig::for_migration(&env)?, &MIGRATOR).await
}
