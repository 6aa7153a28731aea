//! How many requests a client may make, by policy: governor in this process decides over bursts,
//! and over everything while Redis is away; in Redis all gateways share the quotas.

mod headers;
mod local;
mod lots;
mod policy;
mod shared;
mod subject;

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::http::{Method, StatusCode};
use metrics::counter;
use service_kit::{
    config::Secret,
    http::{problem::Problem, routes::RouteInfo},
};
use tokio_util::sync::CancellationToken;

use local::Local;
use lots::{Lots, Place};
use shared::{Ask, Given, Shared};

pub use headers::{LIMIT, POLICY, Standing, write};
pub use policy::{By, Policy, Quota, Quotas};
pub use subject::{Blinding, Subject, network};

/// How often idle clients are forgotten.
const SWEEP_PERIOD: Duration = Duration::from_secs(1);

/// All limits of this process.
pub struct Limits {
    quotas: Quotas,
    /// The policies of routes that do not have the default one, by path and method.
    routes: HashMap<&'static str, Vec<(&'static str, Policy)>>,
    blinding: Blinding,
    local: Local,
    lots: Lots,
    shared: Shared,
}

/// Somebody under a policy.
pub type Demand = (Policy, Subject);

/// No place: how the client stands under each policy that it was to have one of.
#[derive(Debug)]
pub struct Refusal(Vec<Standing>);

impl Refusal {
    /// Whether this policy refuses, and no other.
    pub fn is_by(&self, policy: Policy) -> bool {
        self.refusing().all(|standing| standing.policy == policy)
    }

    fn refusing(&self) -> impl Iterator<Item = &Standing> {
        self.0.iter().filter(|standing| standing.left == 0)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let longest = refusal.refusing().max_by_key(|standing| standing.wait);
        let longest = longest.expect("invariant: some policy refuses");
        let (name, Quota { max, window }) = (longest.policy.name(), longest.quota);
        let (window, wait) = (window.as_secs(), headers::seconds_up(longest.wait));
        counter!("rate_limited_total_gateway", "policy" => name).increment(1);
        let detail = format!(
            "Too many requests: the policy {name} allows {max} in {window} s; try again in {wait} s"
        );
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", detail);
        told(problem.retry_after(wait), &refusal.0)
    }
}

/// The problem, saying how the client stands.
pub fn told(problem: Problem, standings: &[Standing]) -> Problem {
    let write = |problem: Problem, (name, value)| problem.header(name, value);
    headers::lists(standings).into_iter().fold(problem, write)
}

/// Places under several policies.
pub struct Taken {
    demands: Vec<(Demand, Quota)>,
    is_shared: bool,
    /// How the client stands after it.
    pub standings: Vec<Standing>,
}

impl Limits {
    /// Limits for the routes of this table.
    pub fn new(
        quotas: Quotas,
        table: &[RouteInfo],
        blinding: Blinding,
        redis: Secret,
    ) -> Arc<Self> {
        let mut routes: HashMap<_, Vec<_>> = HashMap::new();
        for route in table {
            if route.limit.is_some() {
                let of_path = routes.entry(route.path).or_default();
                of_path.push((route.method, Policy::of(route)));
            }
        }
        Arc::new(Self {
            local: Local::new(&quotas),
            quotas,
            routes,
            blinding,
            lots: Lots::default(),
            shared: Shared::new(redis),
        })
    }

    /// The policy of a route, by its path in the table; what is in no table has the default one.
    pub fn policy_of(&self, method: &Method, path: Option<&str>) -> Policy {
        let path = path.unwrap_or("");
        let path = path.strip_suffix('/').unwrap_or(path);
        let method = match method.as_str() {
            "HEAD" => "GET",
            method => method,
        };
        let of_path = self.routes.get(path).into_iter().flatten();
        let mut of_method = of_path.filter(|(name, _)| *name == method);
        of_method
            .next()
            .map_or(Policy::Default, |(_, policy)| *policy)
    }

    /// Hides whose account it is.
    pub fn blinding(&self) -> &Blinding {
        &self.blinding
    }

    /// Counts a request: how the client stands after it; nothing where the policy is off.
    pub async fn count(&self, (policy, subject): Demand) -> Result<Option<Standing>, Refusal> {
        let Some(quota) = self.quotas.of(policy) else {
            return Ok(None);
        };
        let subject = self.local.known(subject);
        let place = match self.lots.refused(policy, subject) {
            Some(wait) => Err(wait),
            None => self.place(policy, subject, quota).await,
        };
        let standing = |left, wait| Standing {
            policy,
            quota,
            left,
            wait,
        };
        match place {
            Ok(Place { left, wait }) => Ok(Some(standing(left, wait))),
            Err(wait) => Err(Refusal(vec![standing(0, wait)])),
        }
    }

    async fn place(
        &self,
        policy: Policy,
        subject: Subject,
        quota: Quota,
    ) -> Result<Place, Duration> {
        let local = self.local.take(policy, subject);
        let wanted = match local {
            Ok(_) => match self.lots.take(policy, subject, quota) {
                Ok(place) => return Ok(place),
                Err(wanted) => wanted.into(),
            },
            // How long is it there? Both must have a place when the client comes again.
            Err(_) => 0,
        };
        let Some(given) = self.ask(policy, subject, quota, wanted).await else {
            let wait = quota.interval();
            return local.map(|left| Place { left, wait });
        };
        let wait_there = match given.left {
            0 => given.wait,
            _ => Duration::ZERO,
        };
        let wait = match local {
            Ok(_) if given.places > 0 => return Ok(self.lots.keep(policy, subject, given)),
            Ok(0) => quota.interval().max(wait_there),
            Ok(_) => wait_there,
            Err(wait) => wait.max(wait_there),
        };
        self.lots.refuse(policy, subject, wait);
        Err(wait)
    }

    async fn ask(
        &self,
        policy: Policy,
        subject: Subject,
        quota: Quota,
        wanted: i64,
    ) -> Option<Given> {
        let key = self.blinding.key(policy.name(), subject);
        let ask = Ask { key, quota, wanted };
        self.shared.take(&[ask]).await?.first().copied()
    }

    /// Takes a place under each of these policies, or under none; those that are off have room for
    /// everybody. Without Redis it may take from the first ones and be refused by a later one.
    pub async fn take(&self, demands: &[Demand]) -> Result<Taken, Refusal> {
        let on = |demand: &Demand| Some((*demand, self.quotas.of(demand.0)?));
        let demands: Vec<_> = demands.iter().filter_map(on).collect();
        let (is_shared, standings) = match self.shared.take(&self.asks(&demands, 1)).await {
            Some(given) => (true, shared_standings(&demands, &given)?),
            None => (false, self.local_standings(&demands)?),
        };
        Ok(Taken {
            demands,
            is_shared,
            standings,
        })
    }

    /// Gives back what was taken for something that is not to count.
    pub async fn give_back(&self, taken: Taken) {
        if taken.is_shared {
            self.shared.take(&self.asks(&taken.demands, -1)).await;
        }
    }

    fn asks(&self, demands: &[(Demand, Quota)], wanted: i64) -> Vec<Ask> {
        let ask = |((policy, subject), quota): &(Demand, Quota)| Ask {
            key: self.blinding.key(policy.name(), *subject),
            quota: *quota,
            wanted,
        };
        demands.iter().map(ask).collect()
    }

    fn local_standings(&self, demands: &[(Demand, Quota)]) -> Result<Vec<Standing>, Refusal> {
        let take = |&((policy, subject), quota): &(Demand, Quota)| {
            let standing = |left, wait| Standing {
                policy,
                quota,
                left,
                wait,
            };
            let left = self.local.take(policy, self.local.known(subject));
            left.map(|left| standing(left, quota.interval()))
                .map_err(|wait| Refusal(vec![standing(0, wait)]))
        };
        demands.iter().map(take).collect()
    }

    /// Connects to Redis, if it is there.
    pub async fn join(&self) {
        self.shared.join().await;
    }

    /// Keeps the connection to Redis and forgets clients that are idle, until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let sweep = async {
            let mut tick = tokio::time::interval(SWEEP_PERIOD);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            while stop.run_until_cancelled(tick.tick()).await.is_some() {
                self.local.forget_idle();
                self.lots.forget_idle();
            }
        };
        tokio::join!(sweep, self.shared.run(&stop));
    }
}

fn shared_standings(
    demands: &[(Demand, Quota)],
    given: &[Given],
) -> Result<Vec<Standing>, Refusal> {
    let standing = |(&((policy, _), quota), given): (&(Demand, Quota), &Given)| Standing {
        policy,
        quota,
        left: given.left,
        wait: given.wait,
    };
    let standings = demands.iter().zip(given).map(standing).collect();
    match given.iter().all(|given| given.places > 0) {
        true => Ok(standings),
        false => Err(Refusal(standings)),
    }
}
