//! The HTTP client for calls between services.

use std::time::Duration;

/// A service that is down answers or refuses within this.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A pooled client with a connect time-out; every call sets its own total time-out. Speaks plain
/// HTTP/1.1, follows no redirect, uses no proxy.
pub fn build() -> reqwest::Client {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .pool_max_idle_per_host(256)
        .pool_idle_timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .expect("invariant: a client without TLS always builds")
}
