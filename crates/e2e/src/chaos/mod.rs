//! Kills parts of the running system at random while clients book and pay, and checks that
//! whatever was acknowledged is true afterwards.

mod client;
mod killer;
mod report;
mod verify;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;

use crate::{
    bench::data::{self, Shape},
    stack::{Options, Stack, client as http_client},
    traveller::Traveller,
};
use client::{Client, Memory};

pub use report::Report;

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Clients at a time.
    pub clients: usize,
    /// SIGKILLs, one after the other.
    pub kills: usize,
    /// Of every random choice.
    pub seed: u64,
    /// How to start the stack.
    pub options: Options,
    /// Takes leases of the dead away at once, so that a test need not wait for their end.
    pub impatient: bool,
}

/// Does it.
pub async fn run(plan: &Plan, say: impl Fn(String)) -> anyhow::Result<Report> {
    say(format!("seed {}: starting servers and services", plan.seed));
    let mut stack = Stack::start(&plan.options).await?;
    let mut root = stack.database.root().await?;
    let shape = Shape {
        count: 300,
        seats: 60,
        hot_seats: 50,
    };
    let flights = data::make(&mut root, &stack.database.schemas, shape).await?;
    let gateway = stack.gateway();
    let arrivals = (0..plan.clients).map(|_| Traveller::arrive(&gateway));
    let travellers = futures::future::try_join_all(arrivals).await?;

    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = travellers
        .into_iter()
        .enumerate()
        .map(|(at, mut traveller)| {
            // Connections of its own: one client's broken connection is not another's.
            traveller.api = traveller.api.with_client(http_client());
            let seed = plan.seed.wrapping_add(1 + at as u64);
            tokio::spawn(Client::new(traveller, flights.clone(), seed).run(Arc::clone(&stop)))
        })
        .collect();
    let deaths = killer::run(&mut stack, plan, &say).await?;
    stop.store(true, Ordering::Relaxed);
    say("no more kills; waiting for the clients".to_owned());
    let mut memory = Memory::default();
    for remembered in join_all(tasks).await {
        memory.add(remembered?);
    }
    say(memory.summary());
    let started = Instant::now();
    let mut report = verify::run(&mut stack, plan, &memory, deaths).await?;
    report.settled_after = started.elapsed();
    stack.finish().await?;
    Ok(report)
}

/// The longest that anything may be under way after the last kill.
pub const QUIESCE: Duration = Duration::from_secs(60);
