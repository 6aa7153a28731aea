//! Whether the time of a refused sign-in tells whose address it is: unknown ones and accounts of
//! every kind, in turn and in changing order, without limits.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::ensure;
use rand::seq::SliceRandom;
use reqwest::Method;
use serde_json::json;

use crate::{
    api::Api,
    stack::{ADMIN_EMAIL, Options, Stack, client},
    traveller::{PASSWORD, Traveller},
};

/// Sign-ins of each kind, and how many clients share them.
const SAMPLES: usize = 500;
const CLIENTS: usize = 4;
/// What a kind may differ from unknown addresses: of their median, or times what two kinds that are
/// the same differ.
const SHARE: f64 = 0.10;
const TIMES: u32 = 3;

/// Those that are the same.
const UNKNOWN: &str = "unknown address";
const UNKNOWN_AGAIN: &str = "unknown address again";

/// What was measured, by kind.
pub struct Timing(Vec<(&'static str, Vec<Duration>)>);

/// Measures on a stack of its own; `say` tells what is going on.
pub async fn run(say: impl Fn(String)) -> anyhow::Result<Timing> {
    say("starting servers and services".to_owned());
    let options = Options::durable().with("gateway", "RATE_LIMIT_MAX", "0");
    let stack = Stack::start(&options).await?;
    let kinds = kinds(&stack).await?;
    say(format!(
        "{SAMPLES} sign-ins of each of {} kinds",
        kinds.len()
    ));
    let of_clients = (0..CLIENTS).map(|_| {
        let gateway = stack.gateway().with_client(client());
        sample(gateway, &kinds)
    });
    let mut timing = Timing(kinds.iter().map(|(kind, _)| (*kind, vec![])).collect());
    for of_client in futures::future::try_join_all(of_clients).await? {
        for ((_, all), times) in timing.0.iter_mut().zip(of_client) {
            all.extend(times);
        }
    }
    Ok(timing)
}

/// Each kind with an address to sign in with.
async fn kinds(stack: &Stack) -> anyhow::Result<Vec<(&'static str, String)>> {
    let gateway = stack.gateway();
    let argon2id = Traveller::arrive(&gateway).await?;
    let disabled = Traveller::arrive(&gateway).await?;
    disable(stack, &disabled).await?;
    let mut lines = "email,name,password_hash,role,airline\n".to_owned();
    for cost in [8, 10, 12] {
        let hash = bcrypt::hash(PASSWORD, cost)?;
        lines += &format!("bcrypt{cost}@example.test,Bea,{hash},CUSTOMER,\n");
    }
    let file = stack.file("brought.csv");
    std::fs::write(&file, lines)?;
    stack.run("gateway", &["user", "import", &file.display().to_string()])?;
    Ok(vec![
        (UNKNOWN, "nobody@example.test".to_owned()),
        ("argon2id account", argon2id.email),
        (UNKNOWN_AGAIN, "nobody.else@example.test".to_owned()),
        ("disabled account", disabled.email),
        ("bcrypt account, cost 8", "bcrypt8@example.test".to_owned()),
        (
            "bcrypt account, cost 10",
            "bcrypt10@example.test".to_owned(),
        ),
        (
            "bcrypt account, cost 12",
            "bcrypt12@example.test".to_owned(),
        ),
    ])
}

async fn disable(stack: &Stack, who: &Traveller) -> anyhow::Result<()> {
    let gateway = stack.gateway();
    let admin = gateway
        .signed_in(ADMIN_EMAIL, &stack.admin_password)
        .await?;
    let me = who.api.get("/api/v1/me").await?;
    let path = format!("/api/v1/users/{}", me.data()["id"]);
    let change = json!({"disabled": true});
    let done = admin.send(Method::PATCH, &path, &[], Some(&change)).await?;
    ensure!(done.status == 200, "disabling: {}", done.text);
    Ok(())
}

/// The times of one client's sign-ins, by kind.
async fn sample(
    gateway: Api,
    kinds: &[(&'static str, String)],
) -> anyhow::Result<Vec<Vec<Duration>>> {
    let mut times = vec![vec![]; kinds.len()];
    let mut order: Vec<_> = (0..kinds.len()).collect();
    for round in 0..=SAMPLES / CLIENTS {
        order.shuffle(&mut rand::rng());
        for at in &order {
            let wrong = json!({"email": kinds[*at].1, "password": "not the password"});
            let started = Instant::now();
            let answer = gateway.post("/api/v1/signin", &wrong).await?;
            let took = started.elapsed();
            ensure!(answer.status == 401, "{}: {}", kinds[*at].0, answer.text);
            // The first round connects.
            if round > 0 {
                times[*at].push(took);
            }
        }
    }
    Ok(times)
}

impl Timing {
    /// Whether every kind is like unknown addresses.
    pub fn tells_nothing(&self) -> bool {
        self.0.iter().all(|(_, times)| self.is_alike(times))
    }

    fn is_alike(&self, times: &[Duration]) -> bool {
        let unknown = self.median_of(UNKNOWN);
        let same = unknown.abs_diff(self.median_of(UNKNOWN_AGAIN));
        let allowed = unknown.mul_f64(SHARE).max(same * TIMES);
        median(times).abs_diff(unknown) <= allowed
    }

    fn median_of(&self, kind: &str) -> Duration {
        let found = self.0.iter().find(|(name, _)| *name == kind);
        found.map_or(Duration::ZERO, |(_, times)| median(times))
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let unknown = ms(self.median_of(UNKNOWN));
        writeln!(
            f,
            "| wrong password for | sign-ins | median ms | p10 ms | p90 ms | differs ms | % | |"
        )?;
        writeln!(f, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")?;
        for (kind, times) in &self.0 {
            let [median, p10, p90] = [0.5, 0.1, 0.9].map(|share| ms(quantile(times, share)));
            let differs = median - unknown;
            let share = differs / unknown * 100.0;
            let verdict = if self.is_alike(times) { "ok" } else { "TELLS" };
            writeln!(
                f,
                "| {kind} | {} | {median:.2} | {p10:.2} | {p90:.2} | {differs:+.2} | {share:+.2} | {verdict} |",
                times.len(),
            )?;
        }
        writeln!(
            f,
            "ok: within {} % of unknown addresses, or {TIMES} x what the two of them differ",
            SHARE * 100.0
        )
    }
}

fn median(times: &[Duration]) -> Duration {
    quantile(times, 0.5)
}

fn quantile(times: &[Duration], share: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = (times.len() as f64 * share) as usize;
    times.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_takes_another_time_tells() {
        let times = |ms: u64| vec![Duration::from_millis(ms); 9];
        let timing = |ms| {
            Timing(vec![
                (UNKNOWN, times(100)),
                (UNKNOWN_AGAIN, times(101)),
                ("bcrypt", times(ms)),
            ])
        };
        assert!(timing(110).tells_nothing());
        assert!(!timing(111).tells_nothing());
        assert!(!timing(89).tells_nothing());
        assert!(timing(111).to_string().contains("| TELLS |"));
    }
}
