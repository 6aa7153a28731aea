//! The policies: how many requests, in what time, and whose they are. The table of routes names the
//! one that a route has; those of accounts are asked for where the account is known.

use std::{num::NonZeroU32, time::Duration};

use service_kit::{
    config::{ConfigError, Env, parse_duration},
    http::routes::RouteInfo,
};

/// Whom a policy counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The user of a valid token, else the network that the request comes from.
    Client,
    /// The network, whoever it is: an IPv4 address, a /64 of IPv6.
    Network,
    /// An account by its e-mail address, whether there is one or not.
    Account,
    /// The two together: what one network does to one account.
    AccountAndNetwork,
}

/// A policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// What no other policy covers; `RATE_LIMIT_MAX` and `RATE_LIMIT_WINDOW`.
    Default,
    /// Searching flights.
    Search,
    /// Booking, paying, cancelling.
    Booking,
    /// Signing in, right or wrong: what one network may make us hash.
    SignIn,
    /// Wrong passwords for an account from one network.
    SignInAccountNetwork,
    /// Wrong passwords for an account from all networks that it has not signed in from.
    SignInAccount,
    /// Signing up, which tells whether an address is taken.
    SignUp,
    /// Refreshing a session.
    Refresh,
    /// What asks for the password: changing it or the e-mail address, erasing the account.
    Password,
    /// Asking for links by e-mail, and following them.
    MailLink,
}

/// What a policy is before anybody changes it.
struct Facts {
    name: &'static str,
    by: By,
    max: u32,
    seconds: u64,
}

impl Policy {
    /// All of them; each one's place is its number.
    pub const ALL: [Self; 10] = [
        Self::Default,
        Self::Search,
        Self::Booking,
        Self::SignIn,
        Self::SignInAccountNetwork,
        Self::SignInAccount,
        Self::SignUp,
        Self::Refresh,
        Self::Password,
        Self::MailLink,
    ];

    #[rustfmt::skip]
    const fn facts(self) -> Facts {
        let (name, by, max, seconds) = match self {
            Self::Default              => ("default", By::Client, 600, 60),
            Self::Search               => ("search", By::Client, 300, 60),
            Self::Booking              => ("booking", By::Client, 30, 60),
            Self::SignIn               => ("sign-in", By::Network, 100, 600),
            Self::SignInAccountNetwork => ("sign-in-account-network", By::AccountAndNetwork, 10, 900),
            Self::SignInAccount        => ("sign-in-account", By::Account, 100, 3_600),
            Self::SignUp               => ("sign-up", By::Network, 20, 3_600),
            Self::Refresh              => ("refresh", By::Network, 120, 60),
            Self::Password             => ("password", By::Client, 10, 900),
            Self::MailLink             => ("mail-link", By::Network, 30, 3_600),
        };
        Facts { name, by, max, seconds }
    }

    /// Its name in the table of routes, in the RateLimit headers, in `RATE_LIMITS` and in metrics.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Whom it counts.
    pub fn by(self) -> By {
        self.facts().by
    }

    /// What it allows unless an installation says otherwise.
    fn usual(self) -> Option<Quota> {
        let Facts { max, seconds, .. } = self.facts();
        Quota::new(max, Duration::from_secs(seconds))
    }

    /// What it allows, and whom, in words; an installation may allow something else.
    pub fn in_words(self) -> String {
        let Facts {
            max, seconds, by, ..
        } = self.facts();
        let whose = match by {
            By::Client => "for each user, without a token for each network",
            By::Network => "for each network",
            By::Account => "for each account",
            By::AccountAndNetwork => "for each account and network",
        };
        format!("{max} requests in {seconds} s {whose}")
    }

    /// The policy that a line of the table of routes names, or the default one.
    pub fn of(route: &RouteInfo) -> Self {
        let named = |name| Self::named(name).expect("invariant: the table names policies");
        route.limit.map_or(Self::Default, named)
    }

    /// The policy of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// So many requests in a window, all at once or spread: GCRA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests.
    pub max: NonZeroU32,
    /// The window.
    pub window: Duration,
}

impl Quota {
    /// `None` for no requests, which turns a policy off.
    pub fn new(max: u32, window: Duration) -> Option<Self> {
        NonZeroU32::new(max).map(|max| Self { max, window })
    }

    /// How long a place takes to come back.
    pub fn interval(&self) -> Duration {
        self.window / self.max.get()
    }
}

/// The quota of each policy, by its number; `None` is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas(pub [Option<Quota>; Policy::ALL.len()]);

const MAX: u32 = 100_000_000;
const WINDOW: std::ops::RangeInclusive<u64> = 1..=86_400;

impl Quotas {
    /// What a policy allows; nothing when it is off.
    pub fn of(&self, policy: Policy) -> Option<Quota> {
        self.0[policy as usize]
    }

    /// Reads `RATE_LIMIT_MAX`, `RATE_LIMIT_WINDOW` and `RATE_LIMITS`; `None` when all limits are off.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        let mut quotas = Policy::ALL.map(Policy::usual);
        for item in env.text("RATE_LIMITS", "").split(',').map(str::trim) {
            if !item.is_empty() {
                let (policy, quota) =
                    changed(item).map_err(|problem| ConfigError::new("RATE_LIMITS", problem))?;
                quotas[policy as usize] = quota;
            }
        }
        let default = default_quota(env)?;
        quotas[Policy::Default as usize] = default;
        Ok(default.is_some().then_some(Self(quotas)))
    }
}

fn default_quota(env: &Env) -> Result<Option<Quota>, ConfigError> {
    const WINDOW_NAME: &str = "RATE_LIMIT_WINDOW";
    let Facts { max, seconds, .. } = Policy::Default.facts();
    let max = env.number("RATE_LIMIT_MAX", max, 0..=MAX)?;
    let window = env.duration(WINDOW_NAME, Duration::from_secs(seconds))?;
    match WINDOW.contains(&window.as_secs()) {
        true => Ok(Quota::new(max, window)),
        false => Err(ConfigError::new(WINDOW_NAME, "must be between 1s and 1d")),
    }
}

/// Reads `search=300/60s`, or `search=0` for none.
fn changed(item: &str) -> Result<(Policy, Option<Quota>), String> {
    let form = || format!("{item:?} must be a policy's name and quota such as search=300/60s");
    let (name, quota) = item.split_once('=').ok_or_else(form)?;
    let policy = Policy::named(name).filter(|policy| *policy != Policy::Default);
    let policy = policy.ok_or_else(|| {
        let names = Policy::ALL[1..].iter().map(|policy| policy.name());
        let names: Vec<_> = names.collect();
        format!("{name:?} is none of {}", names.join(", "))
    })?;
    if quota == "0" {
        return Ok((policy, None));
    }
    let (max, window) = quota.split_once('/').ok_or_else(form)?;
    let max: u32 = max.parse().map_err(|_| form())?;
    let window = parse_duration(window).ok_or_else(form)?;
    match (1..=MAX).contains(&max) && WINDOW.contains(&window.as_secs()) {
        true => Ok((policy, Quota::new(max, window))),
        false => Err(format!(
            "{item:?} must allow 1 to {MAX} requests in 1s to 1d"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Quotas>, ConfigError> {
        Quotas::from_env(&Env::from_pairs(pairs.iter().copied()))
    }

    fn quota(quotas: &Quotas, policy: Policy) -> Option<(u32, u64)> {
        quotas.0[policy as usize].map(|quota| (quota.max.get(), quota.window.as_secs()))
    }

    #[test]
    fn a_policy_keeps_its_quota_unless_it_is_changed() {
        let pairs = [
            ("RATE_LIMIT_MAX", "50"),
            ("RATE_LIMITS", "search=7/10s, sign-up=0,"),
        ];
        let quotas = read(&pairs).expect("good").expect("on");
        assert_eq!(quota(&quotas, Policy::Default), Some((50, 60)));
        assert_eq!(quota(&quotas, Policy::Search), Some((7, 10)));
        assert_eq!(quota(&quotas, Policy::SignUp), None);
        assert_eq!(quota(&quotas, Policy::Booking), Some((30, 60)));
    }

    #[test]
    fn no_requests_by_default_turn_all_limits_off() {
        assert_eq!(read(&[("RATE_LIMIT_MAX", "0")]).expect("good"), None);
    }

    #[test]
    fn a_wrong_quota_names_its_variable() {
        for bad in [
            "search",
            "search=",
            "search=7",
            "search=7/",
            "search=0/60s",
            "search=-1/60s",
            "search=7/100ms",
            "search=7/2d",
            "search=200000000/60s",
            "serach=7/60s",
            "default=7/60s",
        ] {
            let fault = read(&[("RATE_LIMITS", bad)]).expect_err(bad);
            assert_eq!(fault.variable, "RATE_LIMITS", "{bad}");
        }
        for (variable, bad) in [("RATE_LIMIT_MAX", "x"), ("RATE_LIMIT_WINDOW", "2d")] {
            assert_eq!(read(&[(variable, bad)]).expect_err(bad).variable, variable);
        }
    }

    #[test]
    fn each_policy_has_a_name_and_a_number_of_its_own() {
        for (at, policy) in Policy::ALL.into_iter().enumerate() {
            assert_eq!(policy as usize, at);
            assert_eq!(Policy::named(policy.name()), Some(policy));
        }
    }
}
