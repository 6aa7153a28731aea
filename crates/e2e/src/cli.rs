//! The command line.

use std::{process::ExitCode, time::Duration};

use anyhow::Context;
use audit::Schemas;
use clap::{Parser, Subcommand};
use e2e::{
    api::Api,
    bench::{self, Bench, Plan, Proxying, Scenario, attack, telemetry, timing},
    chaos,
    fuzz::{self, Person},
    inbox::Inbox,
    stack::{Options, client},
    story::Scene,
};

/// Where schemathesis' program is.
const SCHEMATHESIS: &str = "AIRSIDE_SCHEMATHESIS";

#[derive(Parser)]
#[command(about = "Measures and torments Airside")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Tell the story of one person to a stack that runs (AUDIT_DATABASE_URL)
    Story {
        /// Base URL of its gateway
        #[arg(long)]
        gateway: String,
        /// Base URL of its mail inbox
        #[arg(long)]
        inbox: String,
    },
    /// Measure a stack of its own, every limit looked at and none reached, beside nginx
    Bench {
        /// Scenarios, or all of them; or `gateway`: it beside nginx as a proxy; or `attack`: what
        /// slow clients and many sign-ins do to everybody else; or `signin-timing`: whether a wrong
        /// password's time tells of whom; or `telemetry`: what logs and metrics cost
        #[arg(default_value = "all")]
        what: Vec<String>,
        /// How long each scenario runs at 1, 16 and 64 connections (10), each proxy in each round
        /// (10), each attack (60)
        #[arg(long)]
        seconds: Option<u64>,
        /// Flights in the search
        #[arg(long, default_value = "20000", value_parser = flights)]
        flights: usize,
    },
    /// Ask for all that the API's document names, as everybody, on a stack of its own
    /// (`AIRSIDE_TEST_MYSQL_URL`)
    Fuzz {
        /// About how many requests
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        cases: u32,
        /// Only as these: anonymous, CUSTOMER, FLIGHT_COMPANY, ADMIN
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<Person>,
        /// Repeats the choices of an earlier run
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Kill parts of a stack of its own while clients book and pay, then check every promise
    Chaos {
        /// Clients at a time
        #[arg(long, default_value_t = 32)]
        clients: usize,
        /// SIGKILLs
        #[arg(long, default_value_t = 30)]
        kills: usize,
        /// Repeats the choices of an earlier run
        #[arg(long)]
        seed: Option<u64>,
    },
}

/// Runs it.
pub fn run() -> ExitCode {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(dispatch(Cli::parse().command)));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("e2e: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is well.
async fn dispatch(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Story { gateway, inbox } => story(gateway, inbox).await,
        Command::Bench {
            what,
            seconds,
            flights,
        } => {
            let length = |usual| Duration::from_secs(seconds.unwrap_or(usual).clamp(1, 600));
            match what.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["gateway"] => proxying(length(10)).await,
                ["attack"] => attack(length(60)).await,
                ["signin-timing"] => signin_timing().await,
                ["telemetry"] => telemetry(length(5)).await,
                _ => {
                    let scenarios = scenarios(&what)?;
                    let length = length(10);
                    bench(Plan {
                        scenarios,
                        length,
                        flights,
                    })
                    .await
                }
            }
        }
        Command::Fuzz { cases, roles, seed } => {
            let program = std::env::var_os(SCHEMATHESIS);
            let program = program.with_context(|| format!("{SCHEMATHESIS}: is not set"))?;
            fuzz(&fuzz::Plan {
                cases,
                seed: seed.unwrap_or_else(|| rand::random_range(0..1_000_000)),
                people: match roles.is_empty() {
                    true => Person::ALL.to_vec(),
                    false => roles,
                },
                program: program.into(),
                options: Options::for_tests()
                    .with("gateway", "JWT_EXPIRY", "1d")
                    .with("booking", "MAX_UNPAID_HOLDS", "0"),
            })
            .await
        }
        Command::Chaos {
            clients,
            kills,
            seed,
        } => {
            chaos(&chaos::Plan {
                clients: clients.clamp(1, 256),
                kills: kills.min(1_000),
                seed: seed.unwrap_or_else(|| rand::random_range(0..1_000_000)),
                options: Options::durable(),
                impatient: false,
            })
            .await
        }
    }
}

/// A number of flights that there is room for.
fn flights(text: &str) -> Result<usize, String> {
    let most = bench::MOST_FLIGHTS;
    let number = text.parse().ok().filter(|n| (100..=most).contains(n));
    number.ok_or_else(|| format!("must be 100 to {most}"))
}

fn scenarios(names: &[String]) -> anyhow::Result<Vec<Scenario>> {
    if names.iter().any(|name| name == "all") {
        return Ok(Scenario::ALL.to_vec());
    }
    let named = |name: &String| {
        let found = Scenario::ALL
            .into_iter()
            .find(|scenario| scenario.name() == name);
        let known = Scenario::ALL.map(Scenario::name).join(", ");
        found.with_context(|| {
            format!("{name} is none of: all, {known}; gateway and attack stand alone")
        })
    };
    names.iter().map(named).collect()
}

#[expect(clippy::print_stdout, reason = "the tables are the product")]
async fn bench(plan: Plan) -> anyhow::Result<bool> {
    let scenarios = plan.scenarios.clone();
    let flights = plan.flights;
    let mut bench = Bench::prepare(plan, say).await?;
    if !bench.has_yardstick() {
        println!("\nNO NGINX HERE: THE RATIO TO IT IS NOT MEASURED\n");
    }
    let started = bench.start_times().await?;
    let mut rows = vec![];
    for scenario in scenarios {
        say(format!("measuring {}", scenario.name()));
        rows.extend(bench.measure(scenario).await?);
    }
    say("auditing".to_owned());
    let audit = bench.audit().await?;
    let memory = bench.memory_at_rest().await;
    println!("\n{flights} flights, closed loop, durable commits");
    println!("tokens and all limits are checked (per process and in Redis); none is reached\n");
    println!("{}", bench::throughput_table(&rows));
    println!("{}", bench::cpu_table(&rows));
    println!("{}", bench::processes_table(&started, &memory));
    print!("{}{audit}", bench::error_list(&rows));
    Ok(audit.is_clean() && rows.iter().all(|row| row.measured.errors == 0))
}

#[expect(clippy::print_stdout, reason = "the table is the product")]
async fn signin_timing() -> anyhow::Result<bool> {
    let timing = timing::run(say).await?;
    print!("{timing}");
    Ok(timing.tells_nothing())
}

#[expect(clippy::print_stdout, reason = "the table is the product")]
async fn telemetry(length: Duration) -> anyhow::Result<bool> {
    let report = telemetry::run(length, say).await?;
    print!("{report}");
    Ok(report.is_good())
}

#[expect(clippy::print_stdout, reason = "the table is the product")]
async fn proxying(length: Duration) -> anyhow::Result<bool> {
    say("starting servers and services".to_owned());
    let proxying = Proxying::prepare().await?;
    let compared = proxying.measure(length, say).await?;
    println!("{}", bench::proxies_table(&compared));
    let errors = compared.iter().flat_map(|proxy| &proxy.rounds);
    Ok(errors.map(|(round, _)| round.errors).sum::<u64>() == 0)
}

#[expect(clippy::print_stdout, reason = "the table is the product")]
async fn attack(length: Duration) -> anyhow::Result<bool> {
    let report = attack::run(&attack::Plan::full(length), say).await?;
    println!("{report}");
    Ok(report.is_good())
}

#[expect(clippy::print_stdout, reason = "the report is the product")]
async fn chaos(plan: &chaos::Plan) -> anyhow::Result<bool> {
    let report = chaos::run(plan, say).await?;
    print!("{report}");
    Ok(report.is_clean())
}

#[expect(clippy::print_stdout, reason = "the report is the product")]
async fn fuzz(plan: &fuzz::Plan) -> anyhow::Result<bool> {
    let report = fuzz::run(plan, say).await?;
    print!("{report}");
    Ok(report.is_clean())
}

async fn story(gateway: String, inbox: String) -> anyhow::Result<bool> {
    let scene = Scene {
        gateway: Api::new(client(), gateway),
        inbox: Inbox::Maildev(inbox, client()),
        books: books()?,
        schemas: Schemas::with_prefix(""),
    };
    scene.tell().await.map(|()| true)
}

/// An account that may read all schemas.
fn books() -> anyhow::Result<String> {
    std::env::var("AUDIT_DATABASE_URL").context("AUDIT_DATABASE_URL: is required and not set")
}

/// Progress, apart from the results.
fn say(what: String) {
    eprintln!("{what}");
}
