//! Places that were taken from Redis in lots, to be given out here: a busy client costs one round
//! trip for many requests. A lot doubles while the last one was used up within [`LIFE`], after which
//! what is left of it is lost. So what a client gets is off its quota by a lot for each gateway: by
//! 2 % at most, and by nothing where the quota is below 100.

use std::time::{Duration, Instant};

use dashmap::DashMap;

use super::{
    local::MAX_SUBJECTS,
    policy::{Policy, Quota},
    shared::Given,
    subject::Subject,
};

/// How long places may be kept.
const LIFE: Duration = Duration::from_secs(1);
/// The largest lot: the quota's fiftieth, and no more places than these.
const SHARE: u32 = 50;
const MOST: u32 = 100;

struct Lot {
    /// Since when it is here.
    at: Instant,
    /// Places here, and those that Redis had left.
    here: u32,
    there: u32,
    /// Until Redis had one more.
    wait: Duration,
    /// How many to ask for next.
    next: u32,
    /// Refused until then, without asking.
    refused_until: Option<Instant>,
}

/// A place that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Places left, here and in Redis.
    pub left: u32,
    /// Until there is one more.
    pub wait: Duration,
}

/// The lots of all clients, by policy and subject.
#[derive(Default)]
pub struct Lots(DashMap<(Policy, Subject), Lot>);

impl Lots {
    /// How long a subject that was refused must still wait.
    pub fn refused(&self, policy: Policy, subject: Subject) -> Option<Duration> {
        let until = self.0.get(&(policy, subject))?.refused_until?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// A place of those that are here, or how many to ask Redis for.
    pub fn take(&self, policy: Policy, subject: Subject, quota: Quota) -> Result<Place, u32> {
        let Some(mut lot) = self.0.get_mut(&(policy, subject)) else {
            return Err(1);
        };
        if lot.at.elapsed() > LIFE {
            (lot.here, lot.next) = (0, 1);
        }
        if lot.here > 0 {
            lot.here -= 1;
            return Ok(lot.place());
        }
        let most = (quota.max.get() / SHARE).clamp(1, MOST);
        // Whoever asks at the same time asks for one.
        let wanted = std::mem::replace(&mut lot.next, 1);
        Err(wanted.min(most))
    }

    /// Keeps what Redis gave but for one place, which is taken.
    pub fn keep(&self, policy: Policy, subject: Subject, given: Given) -> Place {
        let fresh = || Lot {
            at: Instant::now(),
            here: 0,
            there: given.left,
            wait: given.wait,
            next: 1,
            refused_until: None,
        };
        let Some(mut lot) = self.entry(policy, subject, fresh) else {
            return fresh().place();
        };
        lot.here += given.places.saturating_sub(1);
        lot.next = lot.next.max(given.places.saturating_mul(2));
        (lot.at, lot.there, lot.wait) = (Instant::now(), given.left, given.wait);
        lot.place()
    }

    /// Refuses a subject for so long.
    pub fn refuse(&self, policy: Policy, subject: Subject, wait: Duration) {
        let now = Instant::now();
        let refused = || Lot {
            at: now,
            here: 0,
            there: 0,
            wait,
            next: 1,
            refused_until: None,
        };
        if let Some(mut lot) = self.entry(policy, subject, refused) {
            lot.refused_until = now.checked_add(wait);
        }
    }

    /// The lot of a subject, unless it is a new one and there are too many.
    fn entry(
        &self,
        policy: Policy,
        subject: Subject,
        new: impl FnOnce() -> Lot,
    ) -> Option<dashmap::mapref::one::RefMut<'_, (Policy, Subject), Lot>> {
        let key = (policy, subject);
        if let Some(lot) = self.0.get_mut(&key) {
            return Some(lot);
        }
        let is_room = self.0.len() < MAX_SUBJECTS;
        is_room.then(|| self.0.entry(key).or_insert_with(new))
    }

    /// Forgets those that are of no use any more.
    pub fn forget_idle(&self) {
        let now = Instant::now();
        self.0.retain(|_, lot| {
            lot.at.elapsed() < LIFE || lot.refused_until.is_some_and(|until| until > now)
        });
        self.0.shrink_to_fit();
    }
}

impl Lot {
    fn place(&self) -> Place {
        Place {
            left: self.there.saturating_add(self.here),
            wait: self.wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: Subject = Subject::User(1);

    fn quota(max: u32) -> Quota {
        Quota::new(max, Duration::from_secs(60)).expect("on")
    }

    fn given(places: u32) -> Given {
        Given {
            places,
            left: 10,
            wait: Duration::ZERO,
        }
    }

    /// The sizes of the lots that so many requests ask for.
    fn asked(lots: &Lots, quota: Quota, requests: u32) -> Vec<u32> {
        let mut asked = vec![];
        for _ in 0..requests {
            if let Err(wanted) = lots.take(Policy::Search, WHO, quota) {
                asked.push(wanted);
                lots.keep(Policy::Search, WHO, given(wanted));
            }
        }
        asked
    }

    #[test]
    fn a_lot_grows_while_it_is_used_up_to_a_fiftieth() {
        assert_eq!(
            asked(&Lots::default(), quota(600), 39),
            [1, 2, 4, 8, 12, 12]
        );
        assert_eq!(asked(&Lots::default(), quota(99), 3), [1, 1, 1]);
        let many = asked(&Lots::default(), quota(100_000_000), 1_000);
        assert_eq!(many.last(), Some(&MOST));
    }

    #[test]
    fn what_is_not_used_in_time_is_lost() {
        let lots = Lots::default();
        asked(&lots, quota(600), 4);
        lots.0.get_mut(&(Policy::Search, WHO)).expect("a lot").at -= LIFE * 2;
        assert_eq!(lots.take(Policy::Search, WHO, quota(600)), Err(1));
        lots.0.get_mut(&(Policy::Search, WHO)).expect("a lot").at -= LIFE * 2;
        lots.forget_idle();
        assert_eq!(lots.0.len(), 0);
    }

    #[test]
    fn who_asks_at_the_same_time_asks_for_one() {
        let lots = Lots::default();
        asked(&lots, quota(600), 3);
        let together = [(); 3].map(|()| lots.take(Policy::Search, WHO, quota(600)));
        assert_eq!(together, [Err(4), Err(1), Err(1)]);
        // In whatever order they are answered.
        for places in [1, 4, 1] {
            lots.keep(Policy::Search, WHO, given(places));
        }
        assert_eq!(asked(&lots, quota(600), 4), [8]);
    }

    #[test]
    fn a_refusal_is_remembered_until_it_is_over() {
        let lots = Lots::default();
        assert_eq!(lots.refused(Policy::Search, WHO), None);
        lots.refuse(Policy::Search, WHO, Duration::from_secs(60));
        assert!(lots.refused(Policy::Search, WHO).expect("refused") > Duration::from_secs(50));
        lots.forget_idle();
        assert_eq!(lots.0.len(), 1);
        lots.refuse(Policy::Search, WHO, Duration::ZERO);
        assert_eq!(lots.refused(Policy::Search, WHO), None);
    }
}
