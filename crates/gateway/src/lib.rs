//! Airside's front door: accounts, tokens, permissions, rate limits, reverse proxy.
//!
//! Start reading at [`routes::routes`], the table of everything that can be asked; what each
//! request passes before it is in [`edge`], what is handed on goes through [`proxy`].

pub mod accounts;
pub mod cli;
pub mod client;
pub mod config;
pub mod edge;
pub mod error;
mod housekeeping;
pub mod limits;
pub mod mail;
pub mod metrics;
pub mod proxy;
pub mod reference;
pub mod routes;

use std::{ops::Deref, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    http::{HeaderName, Method, header, uri::Authority},
    middleware::from_fn_with_state,
};
use contracts::{
    Endpoint, OnBehalf, RequestSource, TokenSource,
    email::{DeliveriesClient, NOTIFICATION},
    erasure::{BOOKING, ErasureClient},
};
use service_kit::{
    Service,
    config::Env,
    db::{self, DatabaseConfig},
    http::{client::build as http_client, correlation, routes::Gate},
    identity::{Keys, Revocations, ServiceSigner, UserVerifier},
    outbox::{self, Wake},
    service,
};
use sqlx::{MySqlPool, migrate::Migrator};
use tokio::{net::TcpListener, sync::Notify};
use tower_http::cors::CorsLayer;

use crate::{
    accounts::{
        erasure::{self, relay::Keepers},
        forgotten,
        passwords::Passwords,
        sessions,
        tokens::Tokens,
    },
    client::TrustedProxies,
    config::Config,
    limits::{Blinding, Limits},
    mail::Links,
    proxy::{Upstream, Upstreams},
};

/// The schema's migrations.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/api_gateway_db");

/// No request takes longer to be answered; a little more than the proxy's own patience.
const DEADLINE: Duration = proxy::PATIENCE.saturating_add(Duration::from_secs(1));

/// What handlers work with; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<App>);

impl Deref for AppState {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

/// The parts behind [`AppState`].
pub struct App {
    /// The gateway's own schema.
    pub database: MySqlPool,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Signs access tokens.
    pub tokens: Tokens,
    /// How long a session lives without being refreshed.
    pub refresh_expiry: Duration,
    /// Tokens that were taken back.
    pub revocations: Revocations,
    /// Some more were: the services must hear of it.
    pub revoked: Notify,
    /// Wakes the relays of the outbox.
    pub outbox: Wake,
    /// Pages that e-mails link to.
    pub links: Links,
    /// The services behind.
    pub upstreams: Upstreams,
    /// The limits; `None` is off.
    pub limits: Option<Arc<Limits>>,
    /// Whose X-Forwarded-For is believed.
    pub trusted_proxies: TrustedProxies,
}

/// Puts the gateway together.
pub async fn build(config: Config, listener: TcpListener) -> anyhow::Result<Service> {
    let database = config.database.clone();
    let cors = cors(&config);
    let [booking, notification] = callees(&config)?;
    let ledger = DeliveriesClient::new(notification.clone());
    let keepers = Keepers {
        booking: ErasureClient::new(booking),
        notification: ErasureClient::new(notification),
    };
    let private = match config.metrics_addr {
        Some(address) => Some(service::listen("METRICS_ADDR", address).await?),
        None => None,
    };
    let redis_url = config.redis_url.clone();
    let state = AppState(Arc::new(app(config)?));
    let (limits, pool) = (state.limits.clone(), state.database.clone());
    let gate = Gate {
        users: UserVerifier::new(Keys::fixed(state.tokens.published()))
            .except(state.revocations.clone()),
        services: None,
    };
    let router = layered(state.clone(), cors);
    let service = Service::new(
        "gateway",
        listener,
        router,
        gate,
        metrics::CATALOGUE,
        database,
        &MIGRATOR,
    );
    let service = service
        .with_metrics_on(private)
        .with_deadline(DEADLINE)
        .on_cores()
        .watching(&pool)
        .background(|stop| outbox::watch(pool, &[mail::EMAIL, erasure::TOPIC], stop))
        .background(|stop| mail::run(state.clone(), ledger, redis_url.clone(), stop))
        .background(|stop| forgotten::run(state.clone(), stop))
        .background(|stop| erasure::relay::run(state.clone(), keepers, stop))
        .background(|stop| housekeeping::run(state.clone(), stop))
        .background(|stop| proxy::sweep(state.clone(), stop))
        .background(|stop| sessions::revoke::run(state, redis_url, stop));
    Ok(match limits {
        None => service,
        Some(limits) => {
            limits.join().await;
            service.background(|stop| limits.run(stop))
        }
    })
}

/// Booking and notification, asked in the gateway's own name.
fn callees(config: &Config) -> anyhow::Result<[Endpoint; 2]> {
    let signer = ServiceSigner::from_file("gateway", &config.service_key)?;
    let tokens: TokenSource = Arc::new(move |audience| signer.token(audience));
    let http = http_client();
    let causes: RequestSource = Arc::new(|| {
        Some(OnBehalf {
            time_left: None,
            correlation_id: correlation::current()?.id,
        })
    });
    let of = |replicas: &[Authority], name| {
        let bases = replicas
            .iter()
            .map(|authority| format!("http://{authority}"));
        Endpoint::new(http.clone(), bases, name, Arc::clone(&tokens))
            .on_behalf_of(Arc::clone(&causes))
    };
    let booking = of(&config.booking_service, BOOKING);
    Ok([booking, of(&config.notification_service, NOTIFICATION)])
}

fn app(config: Config) -> anyhow::Result<App> {
    let most = config.upstream_max_in_flight;
    let signing = config.jwt_keys.first().context("JWT_KEYS: no key")?;
    let blinding = Blinding::new(signing.secret("limits"));
    let redis = config.redis_url;
    let limits = config
        .quotas
        .map(|quotas| Limits::new(quotas, routes::routes().table(), blinding, redis));
    let upstream = |name, prefix, addresses| Upstream::new(name, prefix, addresses, most);
    Ok(App {
        database: config.database.pool(),
        passwords: Passwords::new()?,
        tokens: Tokens::new(config.jwt_keys, config.jwt_expiry),
        refresh_expiry: config.refresh_expiry,
        revocations: Revocations::default(),
        revoked: Notify::new(),
        outbox: Wake::default(),
        links: Links::new(config.public_url),
        upstreams: Upstreams {
            flights: upstream("flights", "/flightsService", config.flight_service),
            booking: upstream("booking", "/bookingService", config.booking_service),
            notification: upstream(
                "notification",
                "/notificationService",
                config.notification_service,
            ),
        },
        limits,
        trusted_proxies: config.trusted_proxies,
    })
}

fn layered(state: AppState, cors: Option<CorsLayer>) -> Router {
    let router = routes::routes()
        .into_router(state.clone())
        .layer(from_fn_with_state(state, edge::pass));
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

/// `None` without allowed origins: browsers then keep other pages out by themselves.
fn cors(config: &Config) -> Option<CorsLayer> {
    let origins = config.cors_allowed_origins.clone();
    let [key, original_key] = ["idempotency-key", "x-idempotency-key"].map(HeaderName::from_static);
    let exposed = [
        limits::POLICY,
        limits::LIMIT,
        HeaderName::from_static("idempotency-replayed"),
    ];
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([
                Method::GET,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                key,
                original_key,
                correlation::HEADER,
            ])
            .expose_headers(
                exposed
                    .into_iter()
                    .chain([header::RETRY_AFTER, correlation::HEADER])
                    .collect::<Vec<_>>(),
            )
            .max_age(Duration::from_secs(600))
    })
}

/// Serves until told to stop.
pub async fn serve(env: Env) -> anyhow::Result<()> {
    let config = Config::from_env(&env)?;
    let listener = service::listen("PORT", config.listen).await?;
    build(config, listener).await?.run_until_stopped().await
}

/// Brings the schema up to date.
pub async fn migrate(env: Env) -> anyhow::Result<()> {
    db::migrate(&DatabaseConfig::for_migration(&env)?, &MIGRATOR).await
}
