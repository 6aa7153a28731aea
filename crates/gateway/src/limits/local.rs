//! What this process allows by itself: bursts always, and everything while Redis is away.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use governor::{
    RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{
    policy::{Policy, Quota, Quotas},
    subject::Subject,
};

/// Subjects of all policies that are known apart; beyond, they share buckets.
pub const MAX_SUBJECTS: usize = 100_000;

type Keyed =
    RateLimiter<Subject, DashMapStateStore<Subject>, DefaultClock, StateInformationMiddleware>;

/// A limiter for each policy that is on, in the order of [`Policy::ALL`].
pub struct Local {
    limiters: [Option<Keyed>; Policy::ALL.len()],
    clock: DefaultClock,
    crowded: AtomicBool,
}

impl Local {
    /// Limiters of these quotas.
    pub fn new(quotas: &Quotas) -> Self {
        Self {
            limiters: quotas.0.map(|quota| quota.map(keyed)),
            clock: DefaultClock::default(),
            crowded: AtomicBool::new(false),
        }
    }

    /// The subject as it is counted now.
    pub fn known(&self, subject: Subject) -> Subject {
        match self.crowded.load(Ordering::Relaxed) {
            true => subject.crowded(),
            false => subject,
        }
    }

    /// Takes a place: how many are left, or how long until there is one.
    pub fn take(&self, policy: Policy, subject: Subject) -> Result<u32, Duration> {
        let Some(limiter) = &self.limiters[policy as usize] else {
            return Ok(u32::MAX);
        };
        match limiter.check_key(&subject) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(refused) => Err(refused.wait_time_from(self.clock.now())),
        }
    }

    /// How many subjects it remembers.
    pub fn len(&self) -> usize {
        self.limiters.iter().flatten().map(Keyed::len).sum()
    }

    /// Forgets who has all places again, and looks whether there are too many of the others.
    pub fn forget_idle(&self) {
        for limiter in self.limiters.iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        let crowded = self.len() > MAX_SUBJECTS;
        if crowded != self.crowded.swap(crowded, Ordering::Relaxed) {
            tracing::warn!(
                crowded,
                "clients share limits while there are too many of them"
            );
        }
    }
}

fn keyed(quota: Quota) -> Keyed {
    let each = governor::Quota::with_period(quota.interval());
    let each = each.expect("invariant: a window of a second or more has room for all its requests");
    RateLimiter::keyed(each.allow_burst(quota.max)).with_middleware()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(max: u32, window: Duration) -> Local {
        let mut quotas = Quotas([None; Policy::ALL.len()]);
        quotas.0[Policy::Search as usize] = Quota::new(max, window);
        Local::new(&quotas)
    }

    #[test]
    fn a_subject_has_its_quota_and_then_waits() {
        let local = local(3, Duration::from_secs(60));
        let taken = [(); 4].map(|()| local.take(Policy::Search, Subject::User(1)));
        assert_eq!(taken[..3], [Ok(2), Ok(1), Ok(0)]);
        let wait = taken[3].expect_err("one too many");
        assert!((19..=20).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(local.take(Policy::Search, Subject::User(2)), Ok(2));
        assert_eq!(
            local.take(Policy::Default, Subject::User(1)),
            Ok(u32::MAX),
            "is off"
        );
    }

    #[test]
    fn idle_subjects_are_forgotten() {
        let local = local(1_000, Duration::from_millis(10));
        for id in 0..100 {
            let _ = local.take(Policy::Search, Subject::User(id));
        }
        std::thread::sleep(Duration::from_millis(30));
        local.forget_idle();
        assert_eq!(local.len(), 0);
    }

    #[test]
    fn too_many_networks_share_a_bounded_number_of_buckets() {
        let local = local(1, Duration::from_secs(3_600));
        let take = |at: u32| {
            let network = Subject::network(std::net::Ipv4Addr::from_bits(at).into());
            local.take(Policy::Search, local.known(network))
        };
        for at in 0..=MAX_SUBJECTS as u32 {
            let _ = take(at);
        }
        local.forget_idle();
        let before = local.len();
        for at in 1_000_000..1_100_000 {
            let _ = take(at);
        }
        assert!(local.len() <= before + 1_024);
        assert!(
            local
                .take(Policy::Search, local.known(Subject::User(1)))
                .is_ok()
        );
    }
}
