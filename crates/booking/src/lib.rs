//! Bookings, their payments, their expiry, and the outbox that carries out what they cause.
//!
//! Start reading at [`routes::routes`], the table of endpoints; then `bookings/create.rs` and
//! `payments/pay.rs`, one endpoint each, from the request down to the store. The states and the
//! legal transitions are in [`bookings`]. What runs beside the requests: `expiry.rs` ends
//! bookings, `payments/reconcile.rs` finds out unknown outcomes, `outbox/` talks to flights and
//! to the queue of e-mails, `housekeeping.rs` purges. `erasure.rs` is what the gateway asks for;
//! [`ui`] is where administrators look at all that waits.

mod answer;
pub mod bookings;
pub mod config;
pub mod erasure;
pub mod error;
mod expiry;
mod heartbeat;
mod housekeeping;
mod idempotency;
pub mod metrics;
pub mod money;
mod outbox;
pub mod payments;
pub mod routes;
pub mod ui;

use std::{sync::Arc, time::Duration};

use axum::middleware::from_fn;
use contracts::{
    Endpoint, OnBehalf, RequestSource, TokenSource, charges, charges::ChargesClient, email, holds,
    holds::HoldsClient, jobs::LedgerClient,
};
use service_kit::{
    Service,
    config::Env,
    db,
    http::{client, correlation, deadline, routes::Gate},
    identity::{Keys, ServiceSigner, ServiceVerifier, UserVerifier},
    outbox::Wake,
    service::listen,
};
use sqlx::MySqlPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

pub use config::Config;
use heartbeat::Heartbeat;

/// The migrations of the schema `flights_dev`.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/flights_dev");

/// What every handler and background task shares.
#[derive(Clone)]
pub struct AppState {
    pool: MySqlPool,
    holds: HoldsClient,
    charges: ChargesClient,
    rules: Arc<config::Rules>,
    outbox: Wake,
    refunds: Wake,
    /// Of this process, a ULID.
    replica: Arc<str>,
    ledger: LedgerClient,
    gateway: ui::signin::Gateway,
    feed: ui::events::Feed,
}

impl AppState {
    fn heartbeat(&self, worker: &'static str) -> Heartbeat {
        Heartbeat::new(self.pool.clone(), worker, Arc::clone(&self.replica))
    }
}

/// Puts the service together.
pub async fn build(config: Config, listener: TcpListener) -> anyhow::Result<Service> {
    let http = client::build();
    let signer = Arc::new(ServiceSigner::from_file("booking", &config.service_key)?);
    let tokens: TokenSource = Arc::new(move |audience| signer.token(audience));
    let requests: RequestSource = Arc::new(on_behalf);
    let endpoint = |base: &str, name| {
        Endpoint::new(http.clone(), [base], name, Arc::clone(&tokens))
            .on_behalf_of(Arc::clone(&requests))
    };
    let notification = endpoint(&config.notification_service, email::NOTIFICATION);
    let told = CancellationToken::new();
    let state = AppState {
        pool: config.database.pool(),
        holds: HoldsClient::new(endpoint(&config.flight_service, holds::FLIGHTS)),
        charges: ChargesClient::new(endpoint(&config.payment_url, charges::PAYMENT_SANDBOX)),
        rules: Arc::new(config.rules),
        outbox: Wake::default(),
        refunds: Wake::default(),
        replica: Ulid::new().to_string().into(),
        ledger: LedgerClient::new(notification.clone()),
        gateway: ui::signin::Gateway::of(&config.jwks_url, http.clone())?,
        feed: ui::events::Feed::new(told.clone()),
    };
    let deliveries = email::DeliveriesClient::new(notification);
    let keys = Keys::published_at(&config.jwks_url, http.clone());
    let gate = Gate {
        users: UserVerifier::new(keys),
        services: Some(ServiceVerifier::from_file("booking", &config.service_jwks)?),
    };
    let router = routes::routes()
        .into_router(state.clone())
        .layer(from_fn(metrics::count_attempts));
    let database = config.database.clone();
    let service = Service::new(
        "booking",
        listener,
        router,
        gate,
        metrics::CATALOGUE,
        database,
        &MIGRATOR,
    );
    metrics::start_at_zero();
    let pool = state.pool.clone();
    Ok(service
        .telling(told)
        .watching(&pool)
        .background(|stop| metrics::watch_ages(pool.clone(), stop))
        .background(|stop| service_kit::outbox::watch(pool, outbox::TOPICS, stop))
        .heeding_revocations(config.redis_url.clone())
        .background(|stop| expiry::run(state.clone(), stop))
        .background(|stop| payments::reconcile::run(state.clone(), stop))
        .background(|stop| payments::refunds::run(state.clone(), stop))
        .background(|stop| outbox::holds::run_sell(state.clone(), stop))
        .background(|stop| outbox::holds::run_release(state.clone(), stop))
        .background(|stop| outbox::email::run(state.clone(), deliveries, config.redis_url, stop))
        .background(|stop| ui::events::run(state.clone(), stop))
        .background(|stop| housekeeping::run(state, stop)))
}

/// What of a request's time is kept from the calls that it makes, to write down what they answered.
const SETTLING: Duration = Duration::from_secs(1);
/// With less time than this, nothing is begun that needs another service.
const ENOUGH_TO_BEGIN: Duration = Duration::from_secs(2);

/// The request that this task serves, or that caused its work, as far as the calls that it makes
/// are concerned.
fn on_behalf() -> Option<OnBehalf> {
    Some(OnBehalf {
        time_left: deadline::left().map(|left| left.saturating_sub(SETTLING)),
        correlation_id: correlation::current()?.id,
    })
}

/// Serves until it is told to stop.
pub async fn serve(env: Env) -> anyhow::Result<()> {
    let config = Config::from_env(&env)?;
    let listener = listen("PORT", config.listen).await?;
    build(config, listener).await?.run_until_stopped().await
}

/// Brings the schema to this binary's version.
pub async fn migrate(env: Env) -> anyhow::Result<()> {
    db::migrate(&db::DatabaseConfig::for_migration(&env)?, &MIGRATOR).await
}
