//! Password hashes: argon2id for every new one, bcrypt only to read what was brought over. Work
//! runs on blocking threads, as many at once as there are cores, so that sign-ins never starve
//! the rest. A wrong password is told after the same time, whatever it was checked against.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, Version};
use password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

use super::Password;
use crate::error::Error;

/// Memory of a hash in KiB, its passes and lanes (OWASP's argon2id minimum).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How long a sign-in may wait for its turn before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(4);
/// bcrypt of more work than this cannot be brought over, nor argon2id of so many times our own:
/// every wrong password takes as long as the slowest hash that there may be.
const BCRYPT_MAX_COST: u32 = 12;
const ARGON2_MAX_TIMES: u32 = 10;
const ARGON2_MAX_LANES: u32 = 16;
/// What the slowest hash takes is worked out from bcrypt of this cost; one more is twice the work.
const BCRYPT_TRIAL_COST: u32 = 8;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// What a password is checked against when the address is unknown.
    nobody: Arc<str>,
    /// From the begin of the work until a wrong password is told: twice what the slowest hash takes
    /// on this machine when it has nothing else to do.
    told_after: Duration,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not the password.
    Wrong,
    /// The password, hashed as it should be.
    Right,
    /// The password, hashed in an old way: hash it anew.
    RightButOld,
}

impl Passwords {
    /// Hashing with as many turns as there are cores.
    pub fn new() -> anyhow::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let nobody = Password::new(ulid::Ulid::new().to_string());
        let started = Instant::now();
        let hashed = hash(&nobody)?;
        let ours = started.elapsed();
        let started = Instant::now();
        bcrypt::hash_with_result(nobody.expose(), BCRYPT_TRIAL_COST)?;
        let trial = started.elapsed();
        let bcrypt = trial * 2u32.pow(BCRYPT_MAX_COST - BCRYPT_TRIAL_COST);
        Ok(Self {
            turns: Arc::new(Semaphore::new(cores)),
            nobody: hashed.into(),
            told_after: bcrypt.max(ours * ARGON2_MAX_TIMES) * 2,
        })
    }

    /// A fresh argon2id hash as a PHC string.
    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        let password = password.clone();
        self.in_turn(move || hash(&password)).await?
    }

    /// Whether the password belongs to the stored hash; without one the work is done all the same.
    /// That it does not is told no sooner for an unknown address or one kind of hash than for another:
    /// the rest of the time is slept, so that it costs no core.
    pub async fn verify(
        &self,
        password: &Password,
        stored: Option<&str>,
    ) -> Result<Verdict, Error> {
        let password = password.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let work = move || (Instant::now(), verify(&password, &stored));
        let (started, verdict) = self.in_turn(work).await?;
        if known && verdict != Verdict::Wrong {
            return Ok(verdict);
        }
        // Work that took longer, on a machine that has much to do, is told at the next round time.
        let rounds = started.elapsed().as_nanos() / self.told_after.as_nanos() + 1;
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        tokio::time::sleep_until((started + self.told_after * rounds).into()).await;
        Ok(Verdict::Wrong)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned());
        let turn = turn
            .await
            .map_err(|_| Error::Busy)?
            .expect("invariant: the semaphore is never closed");
        // The turn goes with the work: a client that leaves does not free a core still in use.
        let worked = tokio::task::spawn_blocking(move || (work(), turn)).await;
        worked.map(|(done, _)| done).map_err(|_| Error::Hashing)
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .expect("invariant: the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &Password) -> Result<String, Error> {
    let hash = argon2id().hash_password(password.expose().as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|_| Error::Hashing)
}

fn verify(password: &Password, stored: &str) -> Verdict {
    if is_bcrypt(stored) {
        return match bcrypt::verify(password.expose(), stored) {
            Ok(true) => Verdict::RightButOld,
            _ => Verdict::Wrong,
        };
    }
    let Ok(stored) = PasswordHash::new(stored) else {
        return Verdict::Wrong;
    };
    // The work is that of the stored hash's own parameters.
    match argon2id().verify_password(password.expose().as_bytes(), &stored) {
        Err(_) => Verdict::Wrong,
        Ok(()) => match Params::try_from(&stored).is_ok_and(|params| is_current(&params)) {
            true => Verdict::Right,
            false => Verdict::RightButOld,
        },
    }
}

fn is_current(params: &Params) -> bool {
    (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
}

fn is_bcrypt(stored: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"]
        .iter()
        .any(|prefix| stored.starts_with(prefix))
}

/// Whether a hash brought over could ever verify: bcrypt or argon2id, of a sane cost.
pub fn is_readable(stored: &str) -> bool {
    if is_bcrypt(stored) {
        let cost = stored.get(4..6).and_then(|cost| cost.parse::<u32>().ok());
        return cost.is_some_and(|cost| cost <= BCRYPT_MAX_COST)
            && stored.parse::<bcrypt::HashParts>().is_ok();
    }
    PasswordHash::new(stored).is_ok_and(|hash| {
        let sane = |params: Params| {
            let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
            work <= u64::from(MEMORY_KIB * PASSES * ARGON2_MAX_TIMES)
                && params.p_cost() <= ARGON2_MAX_LANES
        };
        hash.algorithm.as_str() == "argon2id"
            && hash.hash.is_some()
            && Params::try_from(&hash).is_ok_and(sane)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_hash_is_argon2id_with_the_chosen_parameters() {
        let hash = hash(&Password::new("correct horse")).expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(
            verify(&Password::new("correct horse"), &hash),
            Verdict::Right
        );
        assert_eq!(
            verify(&Password::new("Correct horse"), &hash),
            Verdict::Wrong
        );
        assert!(is_readable(&hash));
    }

    #[test]
    fn bcrypt_of_every_prefix_verifies_and_is_old() {
        let parts = bcrypt::hash_with_result("correct horse", 4).expect("hashed");
        for version in [
            bcrypt::Version::TwoA,
            bcrypt::Version::TwoB,
            bcrypt::Version::TwoY,
        ] {
            let hash = parts.format_for_version(version);
            assert!(is_readable(&hash));
            assert_eq!(
                verify(&Password::new("correct horse"), &hash),
                Verdict::RightButOld
            );
            assert_eq!(verify(&Password::new("battery"), &hash), Verdict::Wrong);
        }
    }

    #[test]
    fn argon2id_of_other_parameters_verifies_and_is_old() {
        let of = |memory: u32, passes: u32| {
            let params = Params::new(memory, passes, 1, None).expect("within bounds");
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = argon2.hash_password(b"correct horse").expect("hashed");
            hash.to_string()
        };
        let weak = of(8 * 1024, 1);
        assert!(is_readable(&weak));
        let verdict = |text: &str| verify(&Password::new(text), &weak);
        assert_eq!(verdict("correct horse"), Verdict::RightButOld);
        assert_eq!(verdict("battery"), Verdict::Wrong);
        let readable = |params: &str| is_readable(&of(19_456, 2).replace("m=19456,t=2", params));
        for usual in ["m=65536,t=3", "m=47104,t=1", "m=7168,t=5"] {
            assert!(readable(usual), "{usual}");
        }
        for costly in ["m=4194304,t=2", "m=19456,t=4000000", "m=262144,t=2"] {
            assert!(!readable(costly), "{costly}");
        }
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_is_told_to_come_again() {
        let passwords = Passwords::new().expect("hashed");
        let all = passwords.turns.available_permits() as u32;
        let _taken = passwords.turns.acquire_many(all).await.expect("open");
        let password = Password::new("correct horse");
        let started = std::time::Instant::now();
        let (hashed, verified) =
            tokio::join!(passwords.hash(&password), passwords.verify(&password, None));
        assert!(matches!(hashed, Err(Error::Busy)));
        assert!(matches!(verified, Err(Error::Busy)));
        assert!(started.elapsed() < PATIENCE * 2);
    }

    #[tokio::test]
    async fn a_wrong_password_is_told_at_a_round_time() {
        let passwords = Passwords::new().expect("hashed");
        let bcrypt = bcrypt::hash_with_result("correct horse", 4).expect("hashed");
        let (bcrypt, nobody) = (bcrypt.to_string(), passwords.nobody.to_string());
        for stored in [
            None,
            Some(nobody.as_str()),
            Some(bcrypt.as_str()),
            Some("none"),
        ] {
            let started = Instant::now();
            let verdict = passwords.verify(&Password::new("battery"), stored).await;
            assert_eq!(verdict.expect("a turn"), Verdict::Wrong);
            let rounds = started.elapsed().div_duration_f64(passwords.told_after);
            assert!(rounds >= 1.0, "{stored:?}: {rounds} rounds");
        }
        let right = Password::new("correct horse");
        let verdict = passwords.verify(&right, Some(&bcrypt)).await;
        assert_eq!(verdict.expect("a turn"), Verdict::RightButOld);
    }

    #[test]
    fn what_is_no_hash_is_not_readable() {
        for text in [
            "",
            "secret",
            "$2b$10$short",
            "$argon2id$v=19$m=19456,t=2,p=1$",
            "$1$abc$def",
        ] {
            assert!(!is_readable(text), "{text:?}");
        }
        let costly = bcrypt::hash_with_result("x", 4)
            .expect("hashed")
            .to_string();
        assert!(is_readable(&costly.replace("$04$", "$12$")));
        for cost in ["$13$", "$31$"] {
            assert!(!is_readable(&costly.replace("$04$", cost)));
        }
    }
}
