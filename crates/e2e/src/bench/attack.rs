//! What attackers do to everybody else: normal traffic goes on while connections are taken and
//! passwords are tried, and nothing of it may show.

use std::{
    fmt::{self, Write},
    net::SocketAddr,
    time::Duration,
};

use anyhow::{Context, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{
    attackers::{self, Attack, Fate},
    data::{self, Flights, Shape},
    load::{self, Measured},
    procfs,
    scenarios::{Basket, Scenario, User},
    steady, users,
};
use crate::stack::{Options, Stack};

/// Normal requests a second.
const RATE: u32 = 100;
/// A p99 that is this low is good, whatever it is without an attack.
const LOW_MS: f64 = 20.0;
/// What the gateway's memory may grow by, in MB.
const GROWTH_MB: f64 = 100.0;
/// From one phase to the next.
const REST: Duration = Duration::from_secs(3);
const SAMPLE: Duration = Duration::from_millis(100);

/// How many do what, and how long each phase lasts.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Each phase.
    pub length: Duration,
    /// Connections with slow heads, with slow bodies, with nothing.
    pub heads: usize,
    /// The same of bodies.
    pub bodies: usize,
    /// The same that are silent.
    pub silent: usize,
    /// Sign-ins at a time.
    pub sign_ins: usize,
    /// How to start the stack.
    pub options: Options,
}

impl Plan {
    /// What the product must bear.
    pub fn full(length: Duration) -> Self {
        Self {
            length,
            heads: 1_000,
            bodies: 500,
            silent: 1_000,
            sign_ins: 300,
            options: Options::durable(),
        }
    }
}

/// One phase.
#[derive(Clone, Debug)]
pub struct Phase {
    /// What was done.
    pub name: &'static str,
    /// Normal traffic.
    pub normal: Measured,
    /// The attackers' connections.
    pub fate: Fate,
    /// Sign-ins: right answers, and those that were told to come again.
    pub sign_ins: Measured,
    /// Resident memory of the gateway in MB: before, at most, after.
    pub memory: [f64; 3],
}

/// All phases; the first is quiet.
#[derive(Clone, Debug)]
pub struct Report(pub Vec<Phase>);

/// Runs a stack and attacks it.
pub async fn run(plan: &Plan, say: impl Fn(String)) -> anyhow::Result<Report> {
    raise_descriptor_limit(plan)?;
    say("starting servers and services".to_owned());
    let stack = Stack::start(&plan.options).await?;
    let mut root = stack.database.root().await?;
    let shape = Shape {
        count: 2_000,
        seats: 100,
        hot_seats: 100,
    };
    let flights = data::make(&mut root, &stack.database.schemas, shape).await?;
    let site = Site {
        address: SocketAddr::from(([127, 0, 0, 1], stack.part("gateway").port)),
        pid: stack.part("gateway").pid().context("the gateway runs")?,
        users: users(&stack).await?,
        flights,
    };
    let (heads, bodies, silent) = (
        (Attack::SlowHeads, plan.heads),
        (Attack::SlowBodies, plan.bodies),
        (Attack::Silence, plan.silent),
    );
    let mut phases = vec![];
    for (name, attacks, sign_ins) in [
        ("quiet", vec![], 0),
        ("slow heads", vec![heads], 0),
        ("slow bodies", vec![bodies], 0),
        ("silence", vec![silent], 0),
        ("these three", vec![heads, bodies, silent], 0),
        ("sign-ins", vec![], plan.sign_ins),
        ("everything", vec![heads, bodies, silent], plan.sign_ins),
    ] {
        say(format!("{name} for {:?}", plan.length));
        phases.push(site.phase(name, attacks, sign_ins, plan.length).await?);
        tokio::time::sleep(REST).await;
    }
    drop(root);
    stack.finish().await?;
    Ok(Report(phases))
}

/// What is attacked.
struct Site {
    address: SocketAddr,
    pid: u32,
    users: Vec<User>,
    flights: Flights,
}

impl Site {
    async fn phase(
        &self,
        name: &'static str,
        attacks: Vec<(Attack, usize)>,
        sign_ins: usize,
        length: Duration,
    ) -> anyhow::Result<Phase> {
        let before = self.memory();
        let mut peak = before;
        let watch = async {
            loop {
                tokio::time::sleep(SAMPLE).await;
                peak = self.memory().max(peak);
            }
        };
        let work = async {
            tokio::try_join!(
                self.normal(length),
                attackers::run(self.address, attacks, length),
                self.sign_ins(sign_ins, length),
            )
        };
        let (normal, fate, sign_ins) =
            tokio::select! { done = work => done?, () = watch => unreachable!() };
        Ok(Phase {
            name,
            normal,
            fate,
            sign_ins,
            memory: [before, peak, self.memory()],
        })
    }

    async fn normal(&self, length: Duration) -> anyhow::Result<Measured> {
        let basket = Basket::default();
        let search = Scenario::Search.script(0, &self.flights, &self.users, &basket);
        steady::run(self.address, RATE, length, search.next, search.check).await
    }

    async fn sign_ins(&self, count: usize, length: Duration) -> anyhow::Result<Measured> {
        let basket = Basket::default();
        let script = |at| Scenario::Signin.script(at, &self.flights, &self.users, &basket);
        match count {
            0 => Ok(Measured::default()),
            count => load::run(&[self.address], (0..count).map(script).collect(), length).await,
        }
    }

    fn memory(&self) -> f64 {
        procfs::resident(self.pid).now
    }
}

impl Phase {
    /// Whether nobody noticed but by the clock: no wrong answer, every attacker's connection was
    /// closed, the memory is bounded.
    pub fn is_sound(&self) -> bool {
        self.normal.errors == 0
            && self.fate.forgotten == 0
            && self.memory[1] - self.memory[0] < GROWTH_MB
    }
}

impl Report {
    /// Whether each phase is sound.
    pub fn is_sound(&self) -> bool {
        self.0.iter().all(Phase::is_sound)
    }

    /// Whether it is, and normal traffic did not get slower than it may.
    pub fn is_good(&self) -> bool {
        self.is_sound() && self.0.iter().all(|phase| self.is_fast(phase))
    }

    fn is_fast(&self, phase: &Phase) -> bool {
        let quiet = self.0[0].normal.percentile(0.99);
        phase.normal.percentile(0.99) < LOW_MS.max(2.0 * quiet)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(HEAD)?;
        for phase in &self.0 {
            let (normal, fate) = (&phase.normal, &phase.fate);
            let [before, peak, after] = phase.memory;
            let mut verdict = String::new();
            for (is_so, fault) in [
                (!self.is_fast(phase), "too slow "),
                (!phase.is_sound(), "unsound"),
            ] {
                let _ = verdict.write_str(if is_so { fault } else { "" });
            }
            let verdict = if verdict.is_empty() { "good" } else { &verdict };
            writeln!(
                out,
                "| {} | {} | {:.2} | {:.2} | {:.2} | {} | {before:.1} | {peak:.1} | {after:.1} \
                 | {} | {:.1} | {} | {} | {} | {} | {verdict} |",
                phase.name,
                normal.micros.len(),
                normal.percentile(0.5),
                normal.percentile(0.99),
                normal.percentile(1.0),
                normal.errors,
                fate.closed,
                fate.longest.as_secs_f64(),
                fate.forgotten,
                fate.refused,
                phase.sign_ins.micros.len(),
                phase.sign_ins.errors,
            )?;
            if let Some(error) = &normal.first_error {
                writeln!(out, "\n{}: {error}\n", phase.name)?;
            }
        }
        Ok(())
    }
}

const HEAD: &str = "\
| phase | normal requests | p50 ms | p99 ms | max ms | errors | MB before | at most | after \
| attackers closed | the longest s | forgotten | refused | sign-ins | told to wait | |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
";

/// Each connection is a descriptor.
fn raise_descriptor_limit(plan: &Plan) -> anyhow::Result<()> {
    let needed = (plan.heads + plan.bodies + plan.silent + plan.sign_ins + 500) as u64;
    let limit = getrlimit(Resource::Nofile);
    let enough = limit.maximum.is_none_or(|most| most >= needed);
    ensure!(enough, "{needed} open files are needed: ulimit -Hn");
    let most = Rlimit {
        current: limit.maximum,
        ..limit
    };
    Ok(setrlimit(Resource::Nofile, most)?)
}
