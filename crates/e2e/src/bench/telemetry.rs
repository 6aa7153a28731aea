//! What logs and metrics cost: the same requests with all of them and with none, in turns; and whether
//! what is shown stays bounded, whatever clients send.

use std::{
    collections::BTreeSet,
    fmt,
    time::{Duration, Instant},
};

use anyhow::ensure;
use rand::{Rng, distr::Alphanumeric};
use reqwest::Method;

use super::{
    Bench, Plan, WARM_UP,
    load::Measured,
    median,
    procfs::{self, Watched},
    scenarios::{Basket, Scenario},
    settle::settle,
};
use crate::stack::{Stack, services::SERVICES};

/// Pairs of measurements; the medians count.
const PAIRS: usize = 5;
const CONNECTIONS: usize = 16;
const MEASURED: [Scenario; 2] = [Scenario::Search, Scenario::Booking];
/// More than this times what it takes without is too much.
const MOST: f64 = 1.1;
/// Strange requests a second, and for how long.
const STRANGE_A_SECOND: u32 = 200;
const STRANGE_FOR: Duration = Duration::from_secs(60);

/// One measurement: the services' CPU milliseconds a request, and the median in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Cost {
    cpu: f64,
    p50: f64,
}

/// The measurements of one scenario.
struct Compared {
    scenario: Scenario,
    with: Vec<Cost>,
    without: Vec<Cost>,
}

/// What came of it.
pub struct Report {
    compared: Vec<Compared>,
    series: Vec<Series>,
    strange: u64,
}

/// The series that a service shows.
struct Series {
    service: &'static str,
    count: usize,
    /// Names and labels of those that strange requests added.
    added: Vec<String>,
}

/// Measures both.
pub async fn run(length: Duration, say: impl Fn(String)) -> anyhow::Result<Report> {
    let plan = Plan {
        scenarios: MEASURED.to_vec(),
        length,
        flights: 20_000,
    };
    let mut bench = Bench::prepare(plan, &say).await?;
    let mut compared = MEASURED.map(|scenario| Compared {
        scenario,
        with: vec![],
        without: vec![],
    });
    for pair in 0..PAIRS {
        say(format!("pair {} of {PAIRS}", pair + 1));
        // Neither is always the first.
        for is_on in [pair % 2 == 0, pair % 2 == 1] {
            switch(&mut bench.stack, is_on).await?;
            for compared in &mut compared {
                let cost = measure(&bench, compared.scenario, length).await?;
                match is_on {
                    true => compared.with.push(cost),
                    false => compared.without.push(cost),
                }
            }
        }
    }
    switch(&mut bench.stack, true).await?;
    say(format!("{STRANGE_A_SECOND} strange requests a second"));
    let (series, strange) = strange(&bench.stack).await?;
    Ok(Report {
        compared: compared.into(),
        series,
        strange,
    })
}

/// Starts every service again, with all logs and metrics or with none.
async fn switch(stack: &mut Stack, is_on: bool) -> anyhow::Result<()> {
    let (metrics, filter) = match is_on {
        true => ("on", "info,sqlx::query=warn"),
        false => ("off", "off"),
    };
    for service in SERVICES {
        let part = stack.part_mut(service.name);
        part.kill();
        part.launch.set("METRICS", metrics);
        part.launch.set("RUST_LOG", filter);
        stack.restart(service.name).await?;
    }
    Ok(())
}

async fn measure(bench: &Bench, scenario: Scenario, length: Duration) -> anyhow::Result<Cost> {
    let basket = Basket::default();
    bench.load(scenario, CONNECTIONS, &basket, WARM_UP).await?;
    settle(&bench.stack.database).await?;
    let services = bench.watched();
    let is_ours = |watched: &&Watched| SERVICES.iter().any(|s| s.name == watched.name);
    let services: Vec<_> = services.iter().filter(is_ours).cloned().collect();
    let before: f64 = procfs::cpu(&services).iter().sum();
    let measured: Measured = bench.load(scenario, CONNECTIONS, &basket, length).await?;
    ensure!(measured.errors == 0, "{:?}", measured.first_error);
    let used = procfs::cpu(&services).iter().sum::<f64>() - before;
    Ok(Cost {
        cpu: used / measured.micros.len().max(1) as f64,
        p50: measured.percentile(0.5),
    })
}

/// The series of each service after strange requests, and how many of these there were.
async fn strange(stack: &Stack) -> anyhow::Result<(Vec<Series>, u64)> {
    send_strange(stack, Duration::from_secs(5)).await?;
    // A scrape is counted as well, from the second on.
    all_series(stack).await?;
    let before = all_series(stack).await?;
    let sent = send_strange(stack, STRANGE_FOR).await?;
    let after = all_series(stack).await?;
    let series = before
        .iter()
        .zip(&after)
        .map(|((service, before), (_, after))| Series {
            service,
            count: after.len(),
            added: after.difference(before).cloned().collect(),
        });
    Ok((series.collect(), sent))
}

async fn send_strange(stack: &Stack, length: Duration) -> anyhow::Result<u64> {
    let gateway = stack.gateway();
    let mut pace = tokio::time::interval(Duration::from_secs(1) / STRANGE_A_SECOND);
    let (until, mut sent) = (Instant::now() + length, 0);
    while Instant::now() < until {
        pace.tick().await;
        let word = |length| -> String {
            let letters = rand::rng().sample_iter(&Alphanumeric).take(length);
            letters.map(char::from).collect()
        };
        let prefix =
            ["", "/flightsService/api/v1", "/bookingService", "/metrics"][sent as usize % 4];
        let path = format!("{prefix}/{}", word(12));
        let method = match sent % 3 {
            0 => Method::from_bytes(word(6).as_bytes())?,
            1 => Method::GET,
            _ => Method::DELETE,
        };
        let answer = gateway.send(method, &path, &[], None).await?;
        ensure!(answer.status >= 400, "{path}: {}", answer.status);
        sent += 1;
    }
    Ok(sent)
}

/// The series of each service, by name and labels.
async fn all_series(stack: &Stack) -> anyhow::Result<Vec<(&'static str, BTreeSet<String>)>> {
    let mut all = vec![];
    for service in SERVICES {
        let url = format!("http://{}/metrics", stack.metrics_address(service.name));
        let text = stack.http.get(url).send().await?.text().await?;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned()));
        let series: BTreeSet<_> = series.collect();
        ensure!(!series.is_empty(), "{} shows nothing", service.name);
        all.push((service.name, series));
    }
    Ok(all)
}

impl Compared {
    fn ratio(&self, of: impl Fn(&Cost) -> f64) -> f64 {
        median(self.with.iter().map(&of)) / median(self.without.iter().map(&of))
    }
}

impl Report {
    /// Whether both promises are kept.
    pub fn is_good(&self) -> bool {
        let is_cheap = |compared: &Compared| {
            compared.ratio(|cost| cost.cpu) <= MOST && compared.ratio(|cost| cost.p50) <= MOST
        };
        self.compared.iter().all(is_cheap)
            && self.series.iter().all(|series| series.added.is_empty())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| what | CPU ms with | without | ratio | p50 ms with | without | ratio | most |"
        )?;
        writeln!(
            f,
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        )?;
        for compared in &self.compared {
            let (cpu, p50) = (|cost: &Cost| cost.cpu, |cost: &Cost| cost.p50);
            let of = |costs: &[Cost], figure: fn(&Cost) -> f64| median(costs.iter().map(figure));
            writeln!(
                f,
                "| {} | {:.4} | {:.4} | {:.3} | {:.2} | {:.2} | {:.3} | {MOST} |",
                compared.scenario.name(),
                of(&compared.with, cpu),
                of(&compared.without, cpu),
                compared.ratio(cpu),
                of(&compared.with, p50),
                of(&compared.without, p50),
                compared.ratio(p50),
            )?;
        }
        writeln!(f, "\n{} strange requests", self.strange)?;
        writeln!(f, "\n| service | series | added |\n| --- | ---: | ---: |")?;
        for Series {
            service,
            count,
            added,
        } in &self.series
        {
            writeln!(f, "| {service} | {count} | {} |", added.len())?;
        }
        for Series { service, added, .. } in &self.series {
            if !added.is_empty() {
                writeln!(f, "\nadded to {service}:\n    {}", added.join("\n    "))?;
            }
        }
        Ok(())
    }
}
