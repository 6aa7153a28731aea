//! A service from its listener to its end: ready, serving, told to stop, drained, gone.

mod caps;
mod connection;
mod cores;
mod framing;
mod front;
mod headers;
mod health;
mod limits;
mod listener;
mod program;
mod pulse;
mod socket;
mod soundness;

use std::{net::SocketAddr, panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use futures::FutureExt;
use sqlx::{MySqlPool, migrate::Migrator};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{Env, Secret},
    db::{self, DatabaseConfig, Probe},
    http::routes::Gate,
    identity::revocations,
    telemetry::{
        self,
        metrics::{Catalogue, Metric},
    },
};
use cores::Cores;
use front::Front;
use health::Readiness;
use listener::Listener;

pub use health::{ask_health, ask_metrics, ping, ping_health};
pub use limits::Limits;
pub use listener::listen;
pub use program::run;

/// From being told to stop to being gone.
pub const DRAIN: Duration = Duration::from_secs(15);
/// What of it requests in flight may take; the rest is for the tasks beside them.
const DRAIN_REQUESTS: Duration = Duration::from_secs(12);

/// A service that is put together and can be run.
pub struct Service {
    name: &'static str,
    listener: TcpListener,
    limits: Limits,
    has_cores: bool,
    routes: Router,
    gate: Arc<Gate>,
    metrics: Catalogue,
    shows_metrics: bool,
    readiness: Arc<Readiness>,
    told: CancellationToken,
    stop: CancellationToken,
    background: TaskTracker,
    failed: CancellationToken,
}

impl Service {
    /// Puts a service together: its routes behind what every request passes, health beside them.
    /// It is ready while `database` answers and has every migration of `migrator`.
    pub fn new(
        name: &'static str,
        listener: TcpListener,
        routes: Router,
        gate: Gate,
        metrics: Catalogue,
        database: DatabaseConfig,
        migrator: &'static Migrator,
    ) -> Self {
        telemetry::install(&metrics.all());
        let readiness = Arc::new(Readiness::new(Probe::new(database, migrator)));
        Self {
            name,
            listener,
            limits: Limits::default(),
            has_cores: false,
            routes,
            gate: Arc::new(gate),
            metrics,
            shows_metrics: true,
            readiness,
            told: CancellationToken::new(),
            stop: CancellationToken::new(),
            background: TaskTracker::new(),
            failed: CancellationToken::new(),
        }
    }

    /// Limits what clients may take.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Shows `/metrics` on `private` alone, or nowhere, and limits the connections of an address:
    /// for a service that the internet reaches.
    pub fn with_metrics_on(self, private: Option<TcpListener>) -> Self {
        let service = Self {
            shows_metrics: false,
            limits: self.limits.in_public(),
            ..self
        };
        match private {
            Some(listener) => service.background(|stop| health::serve_metrics(listener, stop)),
            None => service,
        }
    }

    /// Serves connections on a thread for each core instead of wherever there is time: for a
    /// service whose requests need little work and wait for much.
    pub fn on_cores(self) -> Self {
        Self {
            has_cores: true,
            ..self
        }
    }

    /// Shows how many connections of `pool` are idle and in use.
    pub fn watching(self, pool: &MySqlPool) -> Self {
        let pool = pool.clone();
        self.background(|stop| db::show(pool, stop))
    }

    /// Refuses access tokens that the gateway has taken back, as Redis says.
    pub fn heeding_revocations(self, redis_url: Secret) -> Self {
        let revocations = self.gate.users.revocations().clone();
        self.background(|stop| revocations::follow(revocations, redis_url, stop))
    }

    /// Ends every request that takes longer with 503, instead of after 10 s.
    pub fn with_deadline(self, request: Duration) -> Self {
        let limits = Limits {
            request,
            ..self.limits
        };
        self.with_limits(limits)
    }

    /// Cancels `told` when the service is told to stop, before it waits for requests in flight: for
    /// answers that do not end by themselves.
    pub fn telling(self, told: CancellationToken) -> Self {
        Self { told, ..self }
    }

    fn front(&self) -> Front {
        let health = health::routes(Arc::clone(&self.readiness), self.shows_metrics);
        let routes = self.routes.clone().merge(health);
        Front::new(
            routes,
            Arc::clone(&self.gate),
            self.metrics.http,
            self.limits,
        )
    }

    /// Adds a task that runs beside the requests until the token is cancelled. One that panics
    /// ends the service: half of one looks healthy and is not.
    pub fn background<F>(self, task: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (task, failed) = (task(self.stop.clone()), self.failed.clone());
        self.background.spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                tracing::error!(alert = true, "a background task panicked");
                failed.cancel();
            }
        });
        self
    }

    /// The address that it listens on.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until SIGTERM or SIGINT, then drains. How many may connect is what the process's
    /// environment says, if it does.
    pub async fn run_until_stopped(self) -> anyhow::Result<()> {
        let limits = self.limits.with_env(&Env::from_process()?)?;
        let service = self.with_limits(limits);
        service.run_until(told_to_stop()?).await
    }

    /// Serves until `stopped` resolves, then: not ready, requests in flight end, background tasks
    /// end, within [`DRAIN`].
    pub async fn run_until(
        self,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let address = self.address()?;
        tracing::info!(service = self.name, %address, "listening");
        let cores = self.has_cores.then(Cores::start).transpose();
        let cores = cores
            .context("starting a thread for each core")?
            .map(Arc::new);
        let upkeep = tokio::spawn(telemetry::upkeep());
        let (told, failed) = (self.told.clone(), self.failed.clone());
        let front = self.front();
        let listener = Listener::new(self.name, self.listener, self.limits).on(cores.clone());
        let server = tokio::spawn(listener.serve(front, told.clone()));
        let abort = server.abort_handle();
        let mut serving = pin!(async { server.await.context("the server task") });
        let ended_by_itself = tokio::select! {
            () = stopped => None,
            () = failed.cancelled() => None,
            ended = &mut serving => Some(ended),
        };
        self.readiness.stop();
        told.cancel();
        tracing::info!(service = self.name, "stopping");
        let deadline = tokio::time::Instant::now() + DRAIN - Duration::from_secs(1);
        let outcome = match ended_by_itself {
            Some(ended) => ended,
            // A client that never ends its request must not keep the tasks from ending theirs.
            None => tokio::time::timeout(DRAIN_REQUESTS, serving)
                .await
                .unwrap_or_else(|_| {
                    tracing::warn!(service = self.name, "some requests did not end in time");
                    Ok(())
                }),
        };
        self.stop.cancel();
        self.background.close();
        if tokio::time::timeout_at(deadline, self.background.wait())
            .await
            .is_err()
        {
            tracing::warn!(service = self.name, "some work did not end in time");
        }
        abort.abort();
        upkeep.abort();
        // Connections to the database that were opened there serve tasks elsewhere, too.
        drop(cores);
        tracing::info!(service = self.name, "stopped");
        anyhow::ensure!(!failed.is_cancelled(), "a background task panicked");
        outcome
    }
}

/// Runs a program that is not asked anything: it shows `metrics` on `listener` while it works, until
/// SIGTERM or SIGINT.
pub async fn run_beside_metrics<F>(
    name: &'static str,
    listener: TcpListener,
    metrics: &[Metric],
    work: impl FnOnce(CancellationToken) -> F,
) -> anyhow::Result<()>
where
    F: Future<Output = ()>,
{
    telemetry::install(metrics);
    let address = listener.local_addr()?;
    tracing::info!(service = name, %address, "listening");
    let (stop, stopped) = (CancellationToken::new(), told_to_stop()?);
    let ends = async {
        stopped.await;
        stop.cancel();
    };
    let shown = health::serve_metrics(listener, stop.clone());
    let all = async { tokio::join!(ends, work(stop.clone()), shown) };
    tokio::select! { _ = all => {}, _ = telemetry::upkeep() => {} }
    tracing::info!(service = name, "stopped");
    Ok(())
}

/// Resolves at SIGTERM or SIGINT.
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    Ok(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    })
}
