//! SIGKILLs at random moments, and the restarts after them.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, Utc};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::Plan;
use crate::stack::Stack;

const REDIS: &str = "redis";
const WORKER: &str = "notification";
/// Who may die. The gateway keeps nothing that a kill could lose, MariaDB is the ground.
const VICTIMS: [&str; 5] = ["booking", "flights", WORKER, "payment-sandbox", REDIS];
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// What happened to whom.
#[derive(Clone, Debug, Default)]
pub struct Deaths {
    /// SIGKILLs by part.
    pub kills: BTreeMap<&'static str, u64>,
    /// Parts that ended without being killed.
    pub by_themselves: Vec<String>,
    /// How often Redis was emptied.
    pub flushes: u64,
    /// When the mail worker was killed last, if it was.
    pub worker_died: Option<DateTime<Utc>>,
}

impl Deaths {
    /// SIGKILLs of the mail worker.
    pub fn of_worker(&self) -> u64 {
        self.kills.get(WORKER).copied().unwrap_or_default()
    }
}

/// Kills, restarts, and in the middle empties Redis.
pub async fn run(stack: &mut Stack, plan: &Plan, say: impl Fn(String)) -> anyhow::Result<Deaths> {
    let mut random = StdRng::seed_from_u64(plan.seed);
    let mut deaths = Deaths::default();
    let pause = |random: &mut StdRng| Duration::from_millis(random.random_range(200..1_500));
    for nth in 0..plan.kills {
        tokio::time::sleep(pause(&mut random)).await;
        if nth == plan.kills / 2 {
            say("FLUSHALL".to_owned());
            stack.redis.flush_all()?;
            deaths.flushes += 1;
        }
        // Each once before any is chosen at random, so that a short run kills all.
        let victim = match VICTIMS.get(nth) {
            Some(victim) => victim,
            None => VICTIMS.choose(&mut random).unwrap_or(&REDIS),
        };
        say(format!("kill {} of {}: {victim}", nth + 1, plan.kills));
        kill(stack, victim);
        *deaths.kills.entry(victim).or_default() += 1;
        if *victim == WORKER {
            deaths.worker_died = Some(DateTime::from(SystemTime::now()));
        }
        tokio::time::sleep(RESTART_AFTER).await;
        restart(stack, victim)?;
        bury(stack, &mut deaths)?;
    }
    for part in stack
        .parts()
        .iter()
        .map(|part| part.name)
        .collect::<Vec<_>>()
    {
        let http = stack.http.clone();
        stack.part_mut(part).wait_ready(&http).await?;
    }
    Ok(deaths)
}

fn kill(stack: &mut Stack, victim: &str) {
    match victim {
        REDIS => stack.redis.kill(),
        service => stack.part_mut(service).kill(),
    }
}

fn restart(stack: &mut Stack, victim: &str) -> anyhow::Result<()> {
    match victim {
        REDIS => stack.redis.restart(),
        service => stack.part_mut(service).start(),
    }
}

/// Notes and restarts what ended without being killed.
fn bury(stack: &mut Stack, deaths: &mut Deaths) -> anyhow::Result<()> {
    let names: Vec<_> = stack.parts().iter().map(|part| part.name).collect();
    for name in names {
        let part = stack.part_mut(name);
        if part.has_died() {
            deaths
                .by_themselves
                .push(format!("{name}: {}", part.launch.last_lines()));
            part.start()?;
        }
    }
    Ok(())
}
