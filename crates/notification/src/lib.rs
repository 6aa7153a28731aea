//! Notification: takes e-mail jobs from the Redis queue, keeps the ledger of what became of each,
//! and sends them.
//!
//! Start reading at [`queue`], which writes a job into the ledger ([`deliveries`]); [`sending`]
//! claims what is due there, renders it ([`mail`]) and stores what the mail server said.

pub mod config;
pub mod deliveries;
pub mod error;
pub mod housekeeping;
pub mod mail;
pub mod metrics;
pub mod queue;
pub mod routes;
pub mod sending;

use std::sync::Arc;

use contracts::{email::NOTIFICATION, jobs::RedisDepth};
use service_kit::{
    Service,
    config::Env,
    db::{self, DatabaseConfig},
    http::{client, routes::Gate},
    identity::{Keys, ServiceVerifier, UserVerifier},
};
use sqlx::{MySqlPool, migrate::Migrator};
use tokio::{net::TcpListener, sync::watch};

use config::Config;
use deliveries::Ledger;
use mail::{Composer, Mailbag};

/// The schema's versions.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/notification_dev");

/// What handlers share.
#[derive(Clone)]
pub struct AppState {
    /// The schema `notification_dev`.
    pub pool: MySqlPool,
    /// How many jobs lie in Redis, as last seen; `None` while it does not answer.
    pub depth: watch::Receiver<Option<RedisDepth>>,
}

/// Puts the service together. Redis and the mail server may be away.
pub async fn build(config: Config, listener: TcpListener) -> anyhow::Result<Service> {
    let keys = Keys::published_at(config.jwks_url, client::build());
    let gate = Gate {
        users: UserVerifier::new(keys),
        services: Some(ServiceVerifier::from_file(
            NOTIFICATION,
            &config.service_jwks,
        )?),
    };
    let pool = config.database.pool();
    let composer = Composer::new(config.mail_from)?;
    let ledger = Ledger::new(pool.clone(), composer.domain());
    let mailbag = Arc::new(Mailbag::new(composer, config.smtp));
    let (seen, depth) = watch::channel(None);
    let state = AppState {
        pool: pool.clone(),
        depth,
    };
    let router = routes::routes().into_router(state);
    let service = Service::new(
        NOTIFICATION,
        listener,
        router,
        gate,
        metrics::CATALOGUE,
        config.database.clone(),
        &MIGRATOR,
    );
    let sender_ledger = ledger.clone();
    let watched = pool.clone();
    Ok(service
        .watching(&pool)
        .background(|stop| metrics::watch_ledger(watched, stop))
        .heeding_revocations(config.redis_url.clone())
        .background(|stop| queue::run(config.redis_url, ledger, seen, stop))
        .background(|stop| sending::run(sender_ledger, mailbag, config.mail_senders, stop))
        .background(|stop| housekeeping::run(pool, stop)))
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
