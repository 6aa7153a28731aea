//! Airside's inventory: cities, airports, airplanes, seats, flights, search, and the holds that
//! booking takes.
//!
//! Start reading at [`routes::routes`], the table of endpoints; then `flights/search.rs` and
//! `holds/put.rs`, one endpoint each, from the request down to the store. `import/` fills the
//! schema from CSV files. Who may write what is decided in `scope.rs`.

mod airlines;
mod airplanes;
mod airports;
mod cities;
pub mod cli;
mod codes;
pub mod config;
pub mod currency;
mod error;
mod fields;
mod flights;
pub mod holds;
pub mod import;
pub mod metrics;
pub mod routes;
mod scope;
mod seats;
mod zones;

use service_kit::{
    Service,
    config::Env,
    db::{self, DatabaseConfig},
    http::{client, routes::Gate},
    identity::{Keys, ServiceVerifier, UserVerifier},
    service::listen,
};
use sqlx::{MySqlPool, migrate::Migrator};
use tokio::net::TcpListener;

use config::Config;
use currency::Currency;

/// The schema's versions.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/flights_booking");

/// What handlers share.
#[derive(Clone)]
pub struct AppState {
    pool: MySqlPool,
    default_currency: Currency,
}

/// Puts the service together.
pub async fn build(config: Config, listener: TcpListener) -> anyhow::Result<Service> {
    let keys = Keys::published_at(&config.jwks_url, client::build());
    let callers = ServiceVerifier::from_file(contracts::holds::FLIGHTS, &config.service_jwks)?;
    let gate = Gate {
        users: UserVerifier::new(keys),
        services: Some(callers),
    };
    let pool = config.database.pool();
    let state = AppState {
        pool: pool.clone(),
        default_currency: config.default_currency,
    };
    let router = routes::routes().into_router(state);
    let database = config.database.clone();
    let service = Service::new(
        "flights",
        listener,
        router,
        gate,
        metrics::CATALOGUE,
        database,
        &MIGRATOR,
    );
    Ok(service
        .watching(&pool)
        .heeding_revocations(config.redis_url)
        .background(|stop| holds::purge::run(pool, stop)))
}

/// Serves until it is told to stop.
pub async fn serve(env: Env) -> anyhow::Result<()> {
    let config = Config::from_env(&env)?;
    let listener = listen("PORT", config.listen).await?;
    build(config, listener).await?.run_until_stopped().await
}

/// Brings the schema to this binary's version.
pub async fn migrate(env: Env) -> anyhow::Result<()> {
    db::migrate(&DatabaseConfig::for_migration(&env)?, &MIGRATOR).await
}
