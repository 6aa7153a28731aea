//! What every request passes before its route is looked at: its client's limit, the shape of its
//! path, the size of its body.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{Extensions, HeaderMap},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use service_kit::http::{
    extract::{BODY_LIMIT, too_large},
    problem::Problem,
    routes::{Gate, bearer},
};

use crate::{
    AppState,
    limits::{self, By, Subject},
};

/// What is read of a body that is too large, so that its sender gets to read the answer.
const DISCARD_BYTES: usize = 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(1);

/// The layer.
pub async fn pass(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Some(limits) = &app.limits else {
        return inspect(request, next).await;
    };
    let path = request.extensions().get::<MatchedPath>();
    let policy = limits.policy_of(request.method(), path.map(MatchedPath::as_str));
    let subject = subject(&app, policy.by(), request.headers(), request.extensions());
    let demand = (policy, subject.await);
    match limits.count(demand).await {
        Err(refusal) => Problem::from(refusal).into_response(),
        Ok(standing) => {
            let mut response = inspect(request, next).await;
            if let Some(standing) = standing {
                limits::write(&standing, response.headers_mut());
            }
            response
        }
    }
}

/// As whose a request counts.
async fn subject(app: &AppState, by: By, headers: &HeaderMap, extensions: &Extensions) -> Subject {
    if by == By::Client
        && let (Some(gate), Ok(token)) = (extensions.get::<Arc<Gate>>(), bearer(headers))
        && let Ok(signed_in) = gate.users.verify(token).await
    {
        return Subject::User(signed_in.user.id);
    }
    let ConnectInfo(peer) = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .expect("invariant: the listener says who connects");
    Subject::network(app.trusted_proxies.client(peer.ip(), headers))
}

async fn inspect(request: Request, next: Next) -> Response {
    if !is_plain(request.uri().path()) {
        return Problem::malformed("The path has a segment that no path here has").into_response();
    }
    if request.body().size_hint().lower() > BODY_LIMIT as u64 {
        discard(request.into_body()).await;
        return too_large().into_response();
    }
    next.run(request).await
}

/// Paths here are made of unreserved characters (RFC 3986), so nothing needs an escape. What has
/// one, or an empty or dotted segment, would mean different things to different readers.
fn is_plain(path: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let Some(relative) = path.strip_prefix('/') else {
        return false;
    };
    let relative = relative.strip_suffix('/').unwrap_or(relative);
    let mut segments = relative.split('/');
    path.bytes().all(allowed)
        && (path == "/" || segments.all(|segment| !matches!(segment, "" | "." | "..")))
}

async fn discard(mut body: Body) {
    let _ = tokio::time::timeout(DISCARD_TIME, async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, bytes::Bytes::len);
            if read > DISCARD_BYTES {
                break;
            }
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_the_same_to_everybody() {
        for good in [
            "/",
            "/api/v1/",
            "/flightsService/api/v1/flight/7",
            "/.well-known/jwks.json",
        ] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "//",
            "/a//b",
            "/a/../b",
            "/a/..",
            "/./a",
            "/a/.",
            "/a/%2e%2e/b",
            "/a%2fb",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/a;b=/../c",
            "/a//",
            "/%61",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
