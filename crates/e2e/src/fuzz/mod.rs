//! Asks for all that the API's document names, rightly and wrongly, as everybody: schemathesis
//! (PyPI) makes the requests and looks whether each answer is one that the document names.

mod people;
mod report;
mod schemathesis;

use std::path::PathBuf;

use anyhow::Context;

use crate::{
    api::Api,
    stack::{Options, Stack},
};
use people::Somebody;

pub use people::Person;
pub use report::Report;

/// From so many cases on each limit of each field is tried in turn too.
const THOROUGH_FROM: u32 = 5_000;
/// What that is about, for each person.
const LIMITS: u32 = 2_500;
/// Random cases of each operation in any run.
const LEAST: u32 = 5;

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// About how many requests, all people's together.
    pub cases: u32,
    /// Of every random choice.
    pub seed: u64,
    /// As whom.
    pub people: Vec<Person>,
    /// Schemathesis' program.
    pub program: PathBuf,
    /// How to start the stack.
    pub options: Options,
}

/// Does it.
pub async fn run(plan: &Plan, say: impl Fn(String)) -> anyhow::Result<Report> {
    say(format!("seed {}: starting servers and services", plan.seed));
    let stack = Stack::start(&plan.options).await?;
    stack.run("flights", &["seed", "demo", "--days", "7"])?;
    let document = stack.gateway().get("/openapi.json").await?;
    let operations = count(&document.body["paths"]).context("/openapi.json has no paths")?;
    let mut everybody = vec![];
    for person in &plan.people {
        everybody.push(Somebody::arrive(&stack, *person).await?);
    }
    let kept: Vec<i64> = everybody
        .iter()
        .filter_map(|somebody| somebody.id)
        .collect();
    let share = plan.cases / u32::try_from(plan.people.len())?;
    let is_thorough = plan.cases >= THOROUGH_FROM;
    let random = share.saturating_sub(if is_thorough { LIMITS } else { 0 });
    let mut report = Report::new(plan.seed);
    for somebody in &everybody {
        say(format!("asking as {}", somebody.person));
        let run = schemathesis::Run {
            program: &plan.program,
            folder: stack.file(""),
            gateway: stack.part("gateway").url(),
            seed: plan.seed,
            examples: random.div_ceil(operations).max(LEAST),
            is_thorough,
            kept: &kept,
        };
        let mut row = run.ask(somebody).await?;
        if !somebody.is_who_they_were(&stack.gateway()).await? {
            row.lost_account = true;
        }
        report.rows.push(row);
    }
    stack.finish().await?;
    Ok(report)
}

fn count(paths: &serde_json::Value) -> Option<u32> {
    let methods = paths.as_object()?.values().map(|path| path.as_object());
    let counts = methods.map(|methods| methods.map_or(0, serde_json::Map::len));
    u32::try_from(counts.sum::<usize>())
        .ok()
        .filter(|count| *count > 0)
}

/// The account behind a token, as the gateway says.
async fn account(api: &Api) -> anyhow::Result<serde_json::Value> {
    Ok(api.get("/api/v1/me").await?.data().clone())
}
