//! What every request passes before the table of routes, from the outside in: its id, its line in
//! the log, whether it is sound, how long it may take, what happens when it panics.
//!
//! These are functions that call each other and not layers of axum: each of those copies all that
//! is within it for every request, which came to half the time of a ping.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use tower::Service;

use super::{connection, limits::Limits, soundness};
use crate::http::{
    correlation, deadline,
    meter::{HttpMetrics, Meter},
    problem::Problem,
    routes::Gate,
};

/// Everything that a connection hands its requests to; cheap to clone.
#[derive(Clone)]
pub(super) struct Front(Arc<Parts>);

struct Parts {
    router: Router,
    gate: Option<Arc<Gate>>,
    meter: Option<Meter>,
    limits: Limits,
}

impl Front {
    /// Before a service's routes.
    pub(super) fn new(
        router: Router,
        gate: Arc<Gate>,
        metrics: HttpMetrics,
        limits: Limits,
    ) -> Self {
        Self(Arc::new(Parts {
            // Puts the routes together once, not for every request.
            router: router.with_state(()),
            gate: Some(gate),
            meter: Some(Meter::new(metrics)),
            limits,
        }))
    }

    /// Before routes that are open and not measured.
    pub(super) fn unmeasured(router: Router, limits: Limits) -> Self {
        Self(Arc::new(Parts {
            router: router.with_state(()),
            gate: None,
            meter: None,
            limits,
        }))
    }

    /// The limits of its requests and connections.
    pub(super) fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Answers a request.
    pub(super) async fn answer(&self, request: Request) -> Response {
        correlation::identified(request, |request| self.0.measured(request)).await
    }

    /// Answers what never came to be a request, as it is written to the client.
    pub(super) fn refuse(&self, problem: Problem) -> String {
        correlation::identified_alone(|| {
            if let Some(meter) = &self.0.meter {
                meter.refused(problem.status());
            }
            connection::raw(problem)
        })
    }
}

impl Parts {
    async fn measured(&self, request: Request) -> Response {
        let Some(meter) = &self.meter else {
            return self.admitted(request).await;
        };
        let measurement = meter.begin(request.method());
        let response = self.admitted(request).await;
        measurement.end(response.status());
        response
    }

    async fn admitted(&self, request: Request) -> Response {
        match soundness::admit(request, self.limits.body) {
            Ok((request, body)) => body.judge(self.timed(request).await).await,
            Err(refusal) => refusal.into_response(),
        }
    }

    async fn timed(&self, request: Request) -> Response {
        let limit = self.limits.request;
        let limit = match self.limits.heeds_callers {
            true => deadline::given(request.headers()).map_or(limit, |given| given.min(limit)),
            false => limit,
        };
        deadline::within(limit, self.unbroken(request)).await
    }

    async fn unbroken(&self, mut request: Request) -> Response {
        if let Some(gate) = &self.gate {
            request.extensions_mut().insert(Arc::clone(gate));
        }
        let mut router = self.router.clone();
        let answer = async move { router.call(request).await };
        match AssertUnwindSafe(answer).catch_unwind().await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(panic) => on_panic(panic.as_ref()),
        }
    }
}

/// 500 for a panic, which is logged once.
fn on_panic(panic: &(dyn Any + Send)) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("panic");
    tracing::error!(panic = text, "a handler panicked");
    Problem::internal().into_response()
}
