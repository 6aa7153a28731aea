//! How many requests a client may make: GCRA per user, or per address for who is not signed in.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use service_kit::http::problem::Problem;
use tokio_util::sync::CancellationToken;

/// Clients that are known apart; beyond, they share [`SHARED_BUCKETS`] buckets.
const MAX_CLIENTS: usize = 100_000;
const SHARED_BUCKETS: u64 = 1_024;
/// How often idle clients are forgotten.
const SWEEP_PERIOD: Duration = Duration::from_secs(1);

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// A signed-in user, wherever they are.
    User(i64),
    /// Everybody else, by address.
    Address(IpAddr),
    /// One of the buckets that clients share while there are too many to tell apart.
    Shared(u64),
}

impl Client {
    /// An address; of IPv6 the network's half, since a subscriber has all of the other.
    pub fn at(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::Address(address),
            IpAddr::V6(six) => {
                let network = six.to_bits() >> 64 << 64;
                Self::Address(Ipv6Addr::from_bits(network).into())
            }
        }
    }

    fn shared(self) -> Self {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        Self::Shared(hasher.finish() % SHARED_BUCKETS)
    }
}

/// How a client stands, as the RateLimit headers say it (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    limit: u32,
    remaining: u32,
    /// Seconds until the whole limit is there again.
    reset: u64,
}

impl Standing {
    /// Writes the three headers.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, self.reset.into());
    }
}

type Keyed =
    RateLimiter<Client, DashMapStateStore<Client>, DefaultClock, StateInformationMiddleware>;

/// The limit of this process.
pub struct Limits {
    keyed: Keyed,
    clock: DefaultClock,
    limit: NonZeroU32,
    window: Duration,
    crowded: AtomicBool,
}

impl Limits {
    /// `max` requests in a `window`, all at once or spread; `None` if `max` is 0, which is off.
    pub fn new(max: u32, window: Duration) -> Option<Arc<Self>> {
        let limit = NonZeroU32::new(max)?;
        // governor counts in nanoseconds: more than one request in each is as good as no limit.
        let quota = Quota::with_period(window / max)?.allow_burst(limit);
        Some(Arc::new(Self {
            keyed: RateLimiter::keyed(quota).with_middleware(),
            clock: DefaultClock::default(),
            limit,
            window,
            crowded: AtomicBool::new(false),
        }))
    }

    /// Counts a request: how the client stands after it, or 429 RATE_LIMITED.
    pub fn count(&self, client: Client) -> Result<Standing, Problem> {
        let client = match self.crowded.load(Ordering::Relaxed) {
            true => client.shared(),
            false => client,
        };
        match self.keyed.check_key(&client) {
            Ok(state) => Ok(self.standing(state.remaining_burst_capacity())),
            Err(refused) => {
                let wait = refused.wait_time_from(self.clock.now());
                Err(self.refusal(wait))
            }
        }
    }

    fn standing(&self, remaining: u32) -> Standing {
        let limit = self.limit.get();
        let used = limit.saturating_sub(remaining);
        Standing {
            limit,
            remaining,
            reset: seconds_up(self.window.mul_f64(f64::from(used) / f64::from(limit))),
        }
    }

    fn refusal(&self, wait: Duration) -> Problem {
        let detail = "Too many requests; wait and try again";
        let standing = self.standing(0);
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", detail)
            .retry_after(seconds_up(wait).max(1))
            .header(LIMIT, HeaderValue::from(standing.limit))
            .header(REMAINING, HeaderValue::from(0))
            .header(RESET, HeaderValue::from(standing.reset))
    }

    /// Forgets clients that are idle, until told to stop.
    pub async fn sweep(self: Arc<Self>, stop: CancellationToken) {
        let mut tick = tokio::time::interval(SWEEP_PERIOD);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(tick.tick()).await.is_some() {
            self.forget_idle();
        }
    }

    fn forget_idle(&self) {
        self.keyed.retain_recent();
        self.keyed.shrink_to_fit();
        let crowded = self.keyed.len() > MAX_CLIENTS;
        if crowded != self.crowded.swap(crowded, Ordering::Relaxed) {
            tracing::warn!(
                crowded,
                "clients share limits while there are too many of them"
            );
        }
    }
}

fn seconds_up(span: Duration) -> u64 {
    u64::try_from(span.as_nanos().div_ceil(1_000_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Client {
        Client::at(text.parse().expect("an address"))
    }

    #[test]
    fn a_client_has_its_limit_and_then_waits() {
        let limits = Limits::new(3, Duration::from_secs(60)).expect("on");
        let standings = [(); 3].map(|()| limits.count(Client::User(1)).expect("admitted"));
        assert_eq!(standings.map(|standing| standing.remaining), [2, 1, 0]);
        assert_eq!(standings.map(|standing| standing.reset), [20, 40, 60]);
        let refused = limits.count(Client::User(1)).expect_err("one too many");
        assert_eq!(
            (refused.status().as_u16(), refused.code()),
            (429, "RATE_LIMITED")
        );
        assert!(limits.count(Client::User(2)).is_ok());
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }

    #[test]
    fn zero_is_off_and_idle_clients_are_forgotten() {
        assert!(Limits::new(0, Duration::from_secs(60)).is_none());
        let limits = Limits::new(1_000, Duration::from_millis(10)).expect("on");
        for id in 0..100 {
            let _ = limits.count(Client::User(id));
        }
        std::thread::sleep(Duration::from_millis(30));
        limits.forget_idle();
        assert_eq!(limits.keyed.len(), 0);
    }

    #[test]
    fn too_many_clients_share_a_bounded_number_of_buckets() {
        let limits = Limits::new(1, Duration::from_secs(3_600)).expect("on");
        for id in 0..=MAX_CLIENTS as i64 {
            let _ = limits.count(Client::User(id));
        }
        limits.forget_idle();
        let before = limits.keyed.len();
        for id in 1_000_000..1_010_000 {
            let _ = limits.count(Client::User(id));
        }
        assert!(limits.keyed.len() <= before + SHARED_BUCKETS as usize);
    }
}
