//! Closed-loop measurements of the whole stack on durable servers, beside nginx on the same
//! machine in the same run.

pub mod attack;
mod attackers;
pub mod data;
mod http1;
mod load;
mod measuring;
mod nginx;
mod procfs;
mod proxying;
mod scenarios;
mod settle;
mod steady;
mod table;
pub mod telemetry;
pub mod timing;
mod yardstick;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use audit::Report;
use futures::{StreamExt, TryStreamExt, stream};
use sqlx::Connection;

use crate::{
    stack::{Options, Stack},
    traveller::Traveller,
};
use data::{Flights, Shape};
use procfs::Memory;
use scenarios::User;
use settle::{auditor, settle};
use yardstick::Yardstick;

pub use data::MOST_FLIGHTS;
pub use proxying::Proxying;
pub use scenarios::Scenario;
pub use table::{
    Row, cpu as cpu_table, errors as error_list, processes as processes_table,
    proxies as proxies_table, throughput as throughput_table,
};

const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// Answers before this are not counted.
const WARM_UP: Duration = Duration::from_secs(1);
/// From the end of all work to the look at what memory is kept.
const REST: Duration = Duration::from_secs(20);
/// Enough for all that is booked.
const SEATS: u32 = 1_000;
const HOT_SEATS: u32 = 1_000_000;

/// What to measure and how long.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What.
    pub scenarios: Vec<Scenario>,
    /// How long each, at each number of connections.
    pub length: Duration,
    /// Flights in the search.
    pub flights: usize,
}

/// A stack under measurement.
pub struct Bench {
    stack: Stack,
    flights: Flights,
    users: Vec<User>,
    yardstick: Option<Yardstick>,
    plan: Plan,
}

impl Bench {
    /// Starts everything and makes the data; `say` tells what is going on.
    pub async fn prepare(plan: Plan, say: impl Fn(String)) -> anyhow::Result<Self> {
        say("starting servers and services".to_owned());
        // No hold of one measurement runs out in a later one, and its mails are out before: the one
        // sender of the default was not done with a row's within the limit.
        let options = Options::durable()
            .with("booking", "HOLD_TTL_SECONDS", "900")
            .with("notification", "MAIL_SENDERS", "8");
        let stack = Stack::start(&options).await?;
        let started = Instant::now();
        let mut root = stack.database.root().await?;
        let shape = Shape {
            count: plan.flights,
            seats: SEATS,
            hot_seats: HOT_SEATS,
        };
        let flights = data::make(&mut root, &stack.database.schemas, shape).await?;
        root.close().await?;
        say(format!(
            "{} flights in {:.1} s",
            plan.flights,
            started.elapsed().as_secs_f64()
        ));
        let users = users(&stack).await?;
        // They are welcomed before the first service is restarted.
        settle(&stack.database).await?;
        let yardstick = Yardstick::start(&stack.file(""))?;
        Ok(Self {
            stack,
            flights,
            users,
            yardstick,
            plan,
        })
    }

    /// Whether nginx is there to compare with.
    pub fn has_yardstick(&self) -> bool {
        self.yardstick.is_some()
    }

    /// Time of each service from its start to its first ready answer, on a warm database.
    pub async fn start_times(&mut self) -> anyhow::Result<Vec<(&'static str, Duration)>> {
        let names: Vec<_> = self.stack.parts().iter().map(|part| part.name).collect();
        let mut times = vec![];
        for name in names {
            self.stack.part_mut(name).kill();
            times.push((name, self.stack.restart(name).await?));
        }
        Ok(times)
    }

    /// Memory of each service once it has had the time to give back what only the load took.
    pub async fn memory_at_rest(&self) -> Vec<(&'static str, Memory)> {
        tokio::time::sleep(REST).await;
        let services = self.stack.parts().iter();
        services
            .filter_map(|part| Some((part.name, procfs::resident(part.pid()?))))
            .collect()
    }

    /// The books after all that.
    pub async fn audit(&self) -> anyhow::Result<Report> {
        auditor(&self.stack.database)?.run().await
    }
}

/// One user a connection, so that none waits for another's row.
async fn users(stack: &Stack) -> anyhow::Result<Vec<User>> {
    let gateway = Arc::new(stack.gateway());
    let arrivals = (0..CONNECTIONS[2]).map(|_| Traveller::arrive(&gateway));
    // All at once are more than the gateway signs in at a time on a slow machine.
    let travellers = stream::iter(arrivals).buffered(8).try_collect::<Vec<_>>();
    let users = travellers.await?.into_iter().map(|traveller| User {
        token: traveller.api.token().unwrap_or_default().to_owned(),
        password: crate::traveller::PASSWORD.to_owned(),
        email: traveller.email,
    });
    Ok(users.collect())
}

/// The middle one.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
