//! One measurement of the stack: made ready, loaded, and what it cost each process.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::ensure;

use super::{
    Bench, CONNECTIONS, WARM_UP,
    load::{self, Measured},
    procfs::{self, Watched},
    scenarios::{self, Basket, Scenario},
    settle::settle,
    table::Row,
};

const YARDSTICK_LENGTH: Duration = Duration::from_secs(3);
/// Filling the basket may take so long.
const FILL_LIMIT: Duration = Duration::from_secs(30);
/// Payments that the basket is filled for, a second of measuring.
const PAYMENTS_A_SECOND: u64 = 700;

impl Bench {
    /// Measures one scenario at each number of connections.
    pub async fn measure(&self, scenario: Scenario) -> anyhow::Result<Vec<Row>> {
        let mut rows = vec![];
        for connections in CONNECTIONS {
            rows.push(self.measure_at(scenario, connections).await?);
        }
        Ok(rows)
    }

    async fn measure_at(&self, scenario: Scenario, connections: usize) -> anyhow::Result<Row> {
        let basket = Basket::default();
        match scenario {
            Scenario::Payment => self.fill(&basket).await?,
            _ => drop(self.load(scenario, connections, &basket, WARM_UP).await?),
        }
        settle(&self.stack.database).await?;
        let watched = self.watched();
        let before = procfs::cpu(&watched);
        let measured = self
            .load(scenario, connections, &basket, self.plan.length)
            .await?;
        // What the requests left to be done is their work too, and not the next one's.
        settle(&self.stack.database).await?;
        let after = procfs::cpu(&watched);
        let answers = measured.micros.len().max(1) as f64;
        let cpu = watched
            .iter()
            .zip(before.iter().zip(after))
            .map(|(process, (before, after))| (process.name, (after - before) / answers))
            .collect();
        let yardstick = self.yardstick_of(&measured, connections).await?;
        let original = scenario.original(self.plan.flights);
        Ok(Row {
            name: scenario.name(),
            connections,
            original: original
                .filter(|(at, _)| *at == connections)
                .map(|(_, rate)| rate),
            measured,
            cpu,
            yardstick,
        })
    }

    pub(super) async fn load(
        &self,
        scenario: Scenario,
        connections: usize,
        basket: &Basket,
        length: Duration,
    ) -> anyhow::Result<Measured> {
        let script = |at| scenario.script(at, &self.flights, &self.users, basket);
        let service = match scenario {
            Scenario::Flights => "flights",
            _ => "gateway",
        };
        let scripts = (0..connections).map(script).collect();
        load::run(&[self.address(service)], scripts, length).await
    }

    /// Books what the payments will pay, uncounted.
    async fn fill(&self, basket: &Basket) -> anyhow::Result<()> {
        let wanted = self.plan.length.as_secs().max(1) * PAYMENTS_A_SECOND;
        let started = Instant::now();
        while (basket
            .lock()
            .expect("invariant: no panic under the lock")
            .len() as u64)
            < wanted
            && started.elapsed() < FILL_LIMIT
        {
            let script = |at| scenarios::fill(at, &self.flights, &self.users, basket);
            let filled = load::run(
                &[self.address("gateway")],
                (0..16).map(script).collect(),
                WARM_UP,
            )
            .await?;
            ensure!(
                !filled.micros.is_empty(),
                "no booking succeeds: {:?}",
                filled.first_error
            );
        }
        Ok(())
    }

    async fn yardstick_of(
        &self,
        measured: &Measured,
        connections: usize,
    ) -> anyhow::Result<Option<Measured>> {
        let Some(yardstick) = &self.yardstick else {
            return Ok(None);
        };
        let length = self.plan.length.min(YARDSTICK_LENGTH);
        let bytes = measured.mean_reply();
        Ok(Some(yardstick.measure(bytes, connections, length).await?))
    }

    fn address(&self, service: &str) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.stack.part(service).port))
    }

    pub(super) fn watched(&self) -> Vec<Watched> {
        let services = self.stack.parts().iter();
        let mut watched: Vec<_> = services
            .filter_map(|part| {
                Some(Watched {
                    name: part.name,
                    pid: part.pid()?,
                })
            })
            .collect();
        let mariadb = self.stack.mariadb.as_ref();
        watched.extend(mariadb.map(|server| Watched {
            name: "mariadb",
            pid: server.pid(),
        }));
        watched.push(Watched {
            name: "redis",
            pid: self.stack.redis.pid(),
        });
        watched.push(Watched {
            name: procfs::CLIENT,
            pid: std::process::id(),
        });
        watched
    }
}
