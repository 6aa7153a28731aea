//! Configuration: each variable is documented on its field.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use axum::http::{HeaderValue, Uri, uri::Authority};
use service_kit::{
    config::{ConfigError, Env, Secret},
    db::DatabaseConfig,
    identity::SigningKey,
};

use crate::{client::TrustedProxies, limits::Quotas};

/// The usual port.
pub const PORT: u16 = 5000;
/// The usual place of the metrics, which no client reaches.
const METRICS_ADDR: &str = "127.0.0.1:5001";

/// Everything that the gateway is told from outside.
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (5000).
    pub listen: SocketAddr,
    /// `METRICS_ADDR`: address and port where `/metrics` is shown, never where clients are; default
    /// 127.0.0.1:5001, `off` shows it nowhere.
    pub metrics_addr: Option<SocketAddr>,
    /// Its schema is `api_gateway_db`.
    pub database: DatabaseConfig,
    /// `JWT_KEYS`: PEM files of Ed25519 keys, separated by commas. A file's stem is the key's id;
    /// the first signs, all are published. Required.
    pub jwt_keys: Vec<SigningKey>,
    /// `JWT_EXPIRY`: how long an access token lives; default 15m, at most 7d.
    pub jwt_expiry: Duration,
    /// `REFRESH_EXPIRY`: how long a session lives without being refreshed; default 30d, 1m to 365d.
    pub refresh_expiry: Duration,
    /// `REDIS_URL`, or `REDIS_HOST` (127.0.0.1) and `REDIS_PORT` (6379): where services read which
    /// tokens were revoked, the queue of e-mails, and what gateways share their limits in.
    pub redis_url: Secret,
    /// `SERVICE_KEY`: PEM file of the Ed25519 key by which services know the gateway (`gateway keys
    /// create`), not one of JWT_KEYS. Required.
    pub service_key: PathBuf,
    /// `PUBLIC_URL`: address of the front end; links in e-mails lead to its `/account/verify?token=`
    /// and `/account/reset?token=`; default http://localhost:3000.
    pub public_url: String,
    /// `FLIGHT_SERVICE`: base URLs of flights, separated by commas, taken in turn, the next one when
    /// nothing listens; default http://127.0.0.1:3500.
    pub flight_service: Vec<Authority>,
    /// `BOOKING_SERVICE`: the same of booking; default http://127.0.0.1:4000.
    pub booking_service: Vec<Authority>,
    /// `NOTIFICATION_SERVICE`: the same of notification; default http://127.0.0.1:8000.
    pub notification_service: Vec<Authority>,
    /// `UPSTREAM_MAX_IN_FLIGHT`: requests to one service at a time, beyond which 503; 1-100000,
    /// default 1024.
    pub upstream_max_in_flight: usize,
    /// `RATE_LIMIT_MAX` and `RATE_LIMIT_WINDOW`: requests a client may make in a window under the
    /// policy `default`; default 600 in 60s, windows of 1s to 1d; 0 requests turn all limits off.
    /// `RATE_LIMITS`: quotas of other policies, such as `search=300/60s,booking=0`; 0 turns one off.
    pub quotas: Option<Quotas>,
    /// `CORS_ALLOWED_ORIGINS`: origins whose pages may call, separated by commas; default none.
    pub cors_allowed_origins: Vec<HeaderValue>,
    /// `TRUSTED_PROXIES`: addresses or networks whose X-Forwarded-For is believed; default none.
    pub trusted_proxies: TrustedProxies,
}

impl Config {
    /// Reads the environment and the key files; the first fault names its variable.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        if env.optional("JWT_SECRET").is_some() {
            tracing::warn!("JWT_SECRET is not read: tokens are signed with the keys of JWT_KEYS");
        }
        Ok(Self {
            listen: env.listen_address(PORT)?,
            metrics_addr: metrics_addr(env)?,
            database: DatabaseConfig::from_env(env, "api_gateway_db")?,
            jwt_keys: signing_keys(env)?,
            jwt_expiry: jwt_expiry(env)?,
            refresh_expiry: refresh_expiry(env)?,
            redis_url: env.redis_url()?,
            service_key: env.required("SERVICE_KEY")?.into(),
            public_url: env.url("PUBLIC_URL", "http://localhost:3000")?,
            flight_service: upstreams(env, "FLIGHT_SERVICE", "http://127.0.0.1:3500")?,
            booking_service: upstreams(env, "BOOKING_SERVICE", "http://127.0.0.1:4000")?,
            notification_service: upstreams(env, "NOTIFICATION_SERVICE", "http://127.0.0.1:8000")?,
            upstream_max_in_flight: env.number("UPSTREAM_MAX_IN_FLIGHT", 1024, 1..=100_000)?,
            quotas: Quotas::from_env(env)?,
            cors_allowed_origins: list(env, "CORS_ALLOWED_ORIGINS", origin)?,
            trusted_proxies: TrustedProxies::new(list(env, "TRUSTED_PROXIES", |text| {
                text.parse()
                    .map_err(|()| "must be addresses or networks such as 10.0.0.0/8")
            })?),
        })
    }
}

fn metrics_addr(env: &Env) -> Result<Option<SocketAddr>, ConfigError> {
    const NAME: &str = "METRICS_ADDR";
    match env.text(NAME, METRICS_ADDR).as_str() {
        "off" => Ok(None),
        address => address.parse().map(Some).map_err(|_| {
            ConfigError::new(NAME, "must be an address such as 127.0.0.1:5001, or off")
        }),
    }
}

fn signing_keys(env: &Env) -> Result<Vec<SigningKey>, ConfigError> {
    let fault = |problem: String| ConfigError::new("JWT_KEYS", problem);
    let mut kids: Vec<&str> = vec![];
    let mut keys = vec![];
    for path in items(env.required("JWT_KEYS")?) {
        let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str());
        let kid = stem.ok_or_else(|| fault(format!("{path} is no file name")))?;
        if kids.contains(&kid) {
            return Err(fault(format!("two files would both be the key {kid}")));
        }
        let key = SigningKey::from_file(Path::new(path), kid);
        keys.push(key.map_err(|error| fault(format!("{error:#}")))?);
        kids.push(kid);
    }
    match keys.is_empty() {
        true => Err(fault("names no file".to_owned())),
        false => Ok(keys),
    }
}

fn jwt_expiry(env: &Env) -> Result<Duration, ConfigError> {
    let expiry = env.duration("JWT_EXPIRY", Duration::from_secs(15 * 60))?;
    let bounds = Duration::from_secs(1)..=Duration::from_secs(7 * 86_400);
    match bounds.contains(&expiry) {
        true => Ok(expiry),
        false => Err(ConfigError::new("JWT_EXPIRY", "must be from 1s to 7d")),
    }
}

fn refresh_expiry(env: &Env) -> Result<Duration, ConfigError> {
    const NAME: &str = "REFRESH_EXPIRY";
    let expiry = env.duration(NAME, Duration::from_secs(30 * 86_400))?;
    match (60..=365 * 86_400).contains(&expiry.as_secs()) {
        true => Ok(expiry),
        false => Err(ConfigError::new(NAME, "must be from 1m to 365d")),
    }
}

fn upstreams(env: &Env, name: &str, default: &str) -> Result<Vec<Authority>, ConfigError> {
    let example = "must be URLs such as http://127.0.0.1:3500, separated by commas";
    let found: Option<Vec<_>> = items(env.optional(name).unwrap_or(default))
        .map(|url| {
            let uri: Uri = url.parse().ok()?;
            let is_base =
                uri.scheme_str() == Some("http") && uri.path() == "/" && uri.query().is_none();
            uri.into_parts()
                .authority
                .filter(|authority| is_base && !authority.as_str().contains('@'))
        })
        .collect();
    found
        .filter(|found| !found.is_empty())
        .ok_or_else(|| ConfigError::new(name, example))
}

fn list<T>(
    env: &Env,
    name: &str,
    read: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Vec<T>, ConfigError> {
    items(env.optional(name).unwrap_or(""))
        .map(|item| read(item).map_err(|rule| ConfigError::new(name, rule)))
        .collect()
}

fn origin(text: &str) -> Result<HeaderValue, &'static str> {
    const RULE: &str = "must be origins such as https://airside.example, separated by commas";
    let uri: Uri = text.parse().map_err(|_| RULE)?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    // An origin ends with its authority (RFC 6454): no path, not even a slash.
    match is_web && uri.path() == "/" && !text.ends_with('/') && uri.query().is_none() {
        true => HeaderValue::from_str(text).map_err(|_| RULE),
        false => Err(RULE),
    }
}

fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(variable: &str, value: &str) -> bool {
        let env = Env::from_pairs([(variable, value)]);
        let fault = match variable {
            "CORS_ALLOWED_ORIGINS" => list(&env, variable, origin).err(),
            "JWT_EXPIRY" => jwt_expiry(&env).err(),
            "JWT_KEYS" => signing_keys(&env).err(),
            "METRICS_ADDR" => metrics_addr(&env).err(),
            _ => upstreams(&env, variable, "http://127.0.0.1:1").err(),
        };
        fault.is_some_and(|fault| fault.variable == variable)
    }

    #[test]
    fn a_bad_value_names_its_variable() {
        for bad in [
            "nonsense",
            "https://h:1",
            "http://h:1/x",
            "http://u@h:1",
            ",",
            "http://h?q",
        ] {
            assert!(named("FLIGHT_SERVICE", bad), "{bad}");
        }
        for bad in ["*", "https://a.example/", "ftp://a.example", "a.example"] {
            assert!(named("CORS_ALLOWED_ORIGINS", bad), "{bad}");
        }
        for bad in ["0", "15x", "8d", "100ms"] {
            assert!(named("JWT_EXPIRY", bad), "{bad}");
        }
        for bad in ["5001", "localhost:5001", "on"] {
            assert!(named("METRICS_ADDR", bad), "{bad}");
        }
        for bad in ["", " , ", "/nowhere/key.pem"] {
            assert!(named("JWT_KEYS", bad), "{bad}");
        }
    }

    #[test]
    fn metrics_are_shown_on_loopback_unless_told_otherwise() {
        let shown = |pairs: &[(&str, &str)]| {
            let env = Env::from_pairs(pairs.iter().copied());
            let address = metrics_addr(&env).expect("good");
            address.map(|address| address.to_string())
        };
        assert_eq!(shown(&[]).as_deref(), Some("127.0.0.1:5001"));
        let elsewhere = [("METRICS_ADDR", "10.0.0.2:9")];
        assert_eq!(shown(&elsewhere).as_deref(), Some("10.0.0.2:9"));
        assert_eq!(shown(&[("METRICS_ADDR", "off")]), None);
    }

    #[test]
    fn a_service_may_have_several_addresses() {
        let env = Env::from_pairs([(
            "FLIGHT_SERVICE",
            "http://10.0.0.1:3500, http://flights:3500/",
        )]);
        let found = upstreams(&env, "FLIGHT_SERVICE", "").expect("good");
        assert_eq!(found, ["10.0.0.1:3500", "flights:3500"]);
    }
}
