//! The reverse proxy: `/flightsService/*`, `/bookingService/*`, `/notificationService/*`. Bodies
//! stream both ways; which paths exist and who may call them is the table's business.

mod connection;
mod flight;
mod headers;
mod pool;
mod upstream;

use std::{error::Error as StdError, net::SocketAddr, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use http_body_util::{LengthLimitError, Limited};
use service_kit::http::{
    deadline,
    extract::{BODY_LIMIT, too_large},
    held::held,
    problem::Problem,
};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::AppState;
use upstream::Unanswered;
pub use upstream::Upstream;

/// From having the request to having the head of the answer. Longer than a service's own deadline,
/// so that its answer comes first.
pub const PATIENCE: Duration = Duration::from_secs(12);
/// How often connections are looked at that nobody uses.
const SWEEP_PERIOD: Duration = Duration::from_secs(5);

/// The three services behind the gateway.
pub struct Upstreams {
    /// Flights.
    pub flights: Upstream,
    /// Booking.
    pub booking: Upstream,
    /// Notification.
    pub notification: Upstream,
}

/// Closes connections that nobody has used for a while, until told to stop.
pub async fn sweep(state: AppState, stop: CancellationToken) {
    let upstreams = &state.upstreams;
    let pause = || stop.run_until_cancelled(tokio::time::sleep(SWEEP_PERIOD));
    while pause().await.is_some() {
        for upstream in [
            &upstreams.flights,
            &upstreams.booking,
            &upstreams.notification,
        ] {
            upstream.sweep();
        }
    }
}

/// Hands a request to flights.
pub async fn flights(
    state: State<AppState>,
    peer: ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    forward(&state.upstreams.flights, &state, peer, request).await
}

/// Hands a request to booking.
pub async fn booking(
    state: State<AppState>,
    peer: ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    forward(&state.upstreams.booking, &state, peer, request).await
}

/// Hands a request to notification.
pub async fn notification(
    state: State<AppState>,
    peer: ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    forward(&state.upstreams.notification, &state, peer, request).await
}

async fn forward(
    upstream: &Upstream,
    app: &AppState,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    let Some(place) = upstream.in_flight().enter() else {
        upstream.in_flight().count("busy");
        return busy(upstream).into_response();
    };
    let is_trusted = app.trusted_proxies.trusts(peer.ip());
    headers::clean_request(request.headers_mut(), peer.ip(), is_trusted);
    let request = request.map(limited);
    let end = Instant::now() + patience();
    match timeout_at(end, upstream.send(request, end)).await {
        Ok(Ok(mut response)) => {
            upstream.in_flight().count("answered");
            headers::clean_response(response.headers_mut());
            response.map(|body| held(body, place))
        }
        Ok(Err(error)) => failure(upstream, &error).into_response(),
        Err(_) => {
            upstream.in_flight().count("timeout");
            tracing::warn!(upstream = upstream.name(), "no answer in time");
            unavailable(upstream).into_response()
        }
    }
}

/// What is left of it for this request.
fn patience() -> Duration {
    let left = deadline::left().map(|left| left.saturating_sub(crate::DEADLINE - PATIENCE));
    left.unwrap_or(PATIENCE)
}

/// A body that says how long it is was looked at already; one that does not is cut at the limit.
fn limited(body: Body) -> Body {
    match body.size_hint().upper() {
        Some(_) => body,
        None => Body::new(Limited::new(body, BODY_LIMIT)),
    }
}

fn failure(upstream: &Upstream, error: &Unanswered) -> Problem {
    let error: &(dyn StdError + 'static) = error;
    let causes = std::iter::successors(Some(error), |&error| error.source());
    if causes.clone().any(|cause| cause.is::<LengthLimitError>()) {
        upstream.in_flight().count("too_large");
        return too_large();
    }
    upstream.in_flight().count("unreachable");
    let cause = causes.last().map(ToString::to_string);
    tracing::warn!(
        upstream = upstream.name(),
        cause,
        "a service cannot be reached"
    );
    unavailable(upstream)
}

fn busy(upstream: &Upstream) -> Problem {
    Problem::unavailable(format!(
        "{} has too much to do right now; try again",
        upstream.name()
    ))
}

fn unavailable(upstream: &Upstream) -> Problem {
    Problem::unavailable(format!(
        "{} cannot be reached right now; try again",
        upstream.name()
    ))
}
