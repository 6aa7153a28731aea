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
    telemetry::metrics::Catalogue,
};
use sqlx::{MySqlPool, migrate::Migrator};
use tokio::net::TcpListener;

use config::Config;

/// The schema's versions.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/payment_sandbox");

/// What it counts.
pub const CATALOGUE: Catalogue = Catalogue {
    http: HttpMetrics::in_seconds(
        "http_requests_total_payments",
        "http_request_duration_seconds_payments",
        "active_requests_payments",
    ),
    own: &[],
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
        CATALOGUE,
        config.database.clone(),
        &MIGRATOR,
    );
    Ok(service
        .watching(&pool)
        .background(|stop| charges::settle::run(pool, stop)))
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
