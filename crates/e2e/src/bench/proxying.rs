//! The gateway as a proxy beside nginx: the same upstream behind both, the same clients before
//! them, in turns.

use std::{net::SocketAddr, path::Path, sync::LazyLock, time::Duration};

use anyhow::{Context, ensure};

use super::{
    CONNECTIONS, WARM_UP, http1,
    load::{self, Measured, Script},
    median,
    nginx::Nginx,
    procfs::{self, Watched},
    scenarios::User,
    users,
};
use crate::stack::{Options, Part, Stack, ports};

/// Each proxy is measured so often, in turns; the medians count.
const ROUNDS: usize = 5;
/// As many processes of nginx as the gateway has threads, with as many connections each.
const PROCESSES: usize = 2;
const OPEN: &str = "/flightsService/api/v1/flight";
const SIGNED_IN: &str = "/bookingService/api/v1/booking";

/// What the upstream answers: as much as a search does.
static ANSWER: LazyLock<String> =
    LazyLock::new(|| format!(r#"{{"success":true,"data":"{}"}}"#, "x".repeat(1_000)));

/// The proxies, what stands behind them and who asks.
pub struct Proxying {
    proxies: Vec<Proxy>,
    users: Vec<User>,
    _limiting: Part,
    _stack: Stack,
    _nginx: Vec<Nginx>,
}

/// A proxy that is measured.
struct Proxy {
    name: &'static str,
    /// Share of nginx's throughput, multiple of its p99.
    goals: Option<(f64, f64)>,
    /// Whether clients show who they are.
    signed_in: bool,
    addresses: Vec<SocketAddr>,
    processes: Vec<Watched>,
}

/// What was measured of one.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its name in the table.
    pub name: &'static str,
    /// What it shall reach of the first one's throughput, and of its p99 at most.
    pub goals: Option<(f64, f64)>,
    /// Each round, with the CPU milliseconds a request.
    pub rounds: Vec<(Measured, f64)>,
}

impl Compared {
    /// The median of the rounds.
    pub fn median(&self, of: impl Fn(&Measured) -> f64) -> f64 {
        median(self.rounds.iter().map(|(measured, _)| of(measured)))
    }

    /// The median of the CPU milliseconds a request.
    pub fn median_cpu(&self) -> f64 {
        median(self.rounds.iter().map(|(_, milliseconds)| *milliseconds))
    }
}

impl Proxying {
    /// Starts everything.
    pub async fn prepare() -> anyhow::Result<Self> {
        ensure!(Nginx::is_there(), "there is no nginx to compare with");
        let mut stack = Stack::start(&Options::durable()).await?;
        let users = users(&stack).await?;
        let folder = stack.file("");
        let serve = format!("default_type application/json; return 200 '{}';", *ANSWER);
        let back = Nginx::start(&folder, "back", "", &serve)?;
        let (silent, logging) = (
            pair(&folder, "front", &back, "")?,
            pair(&folder, "logging", &back, "access_log access.log;")?,
        );
        let limiting = put_before(&mut stack, &back).await?;
        let proxies = vec![
            Proxy::nginx("nginx", &silent),
            Proxy::nginx("nginx with its access log", &logging),
            Proxy::gateway(
                "gateway, open route",
                (0.95, 1.5),
                false,
                stack.part("gateway"),
            )?,
            Proxy::gateway("gateway, token and limits", (0.8, 1.5), true, &limiting)?,
        ];
        Ok(Self {
            proxies,
            users,
            _limiting: limiting,
            _stack: stack,
            _nginx: [vec![back], silent, logging]
                .into_iter()
                .flatten()
                .collect(),
        })
    }

    /// Measures them all in turns.
    pub async fn measure(
        &self,
        length: Duration,
        say: impl Fn(String),
    ) -> anyhow::Result<Vec<Compared>> {
        let compared = |proxy: &Proxy| Compared {
            name: proxy.name,
            goals: proxy.goals,
            rounds: vec![],
        };
        let mut all: Vec<_> = self.proxies.iter().map(compared).collect();
        for round in 1..=ROUNDS {
            say(format!("round {round} of {ROUNDS}"));
            for (proxy, compared) in self.proxies.iter().zip(&mut all) {
                compared.rounds.push(self.once(proxy, length).await?);
            }
        }
        Ok(all)
    }

    async fn once(&self, proxy: &Proxy, length: Duration) -> anyhow::Result<(Measured, f64)> {
        self.load(proxy, WARM_UP).await?;
        let before: f64 = procfs::cpu(&proxy.processes).iter().sum();
        let measured = self.load(proxy, length).await?;
        let used = procfs::cpu(&proxy.processes).iter().sum::<f64>() - before;
        let used = used / measured.micros.len().max(1) as f64;
        Ok((measured, used))
    }

    async fn load(&self, proxy: &Proxy, length: Duration) -> anyhow::Result<Measured> {
        let users = self.users.iter().cycle().take(CONNECTIONS[2]);
        let scripts = users.map(|user| proxy.script(user)).collect();
        load::run(&proxy.addresses, scripts, length).await
    }
}

impl Proxy {
    fn nginx(name: &'static str, processes: &[Nginx]) -> Self {
        let watched = |nginx: &Nginx| Watched {
            name,
            pid: nginx.pid(),
        };
        Self {
            name,
            goals: None,
            signed_in: false,
            addresses: processes.iter().map(|nginx| nginx.address).collect(),
            processes: processes.iter().map(watched).collect(),
        }
    }

    fn gateway(
        name: &'static str,
        goals: (f64, f64),
        signed_in: bool,
        part: &Part,
    ) -> anyhow::Result<Self> {
        let pid = part.pid().context("the gateway runs")?;
        Ok(Self {
            name,
            goals: Some(goals),
            signed_in,
            addresses: vec![SocketAddr::from(([127, 0, 0, 1], part.port))],
            processes: vec![Watched { name, pid }],
        })
    }

    fn script(&self, user: &User) -> Script {
        let (path, token) = match self.signed_in {
            true => (SIGNED_IN, http1::bearer(&user.token)),
            false => (OPEN, String::new()),
        };
        let mut request = vec![];
        http1::write(&mut request, "GET", path, &token, "");
        Script {
            next: Box::new(move |out| {
                out.extend_from_slice(&request);
                true
            }),
            check: Box::new(|status, body| status == 200 && body == ANSWER.as_bytes()),
        }
    }
}

fn pair(folder: &Path, name: &str, back: &Nginx, http: &str) -> anyhow::Result<Vec<Nginx>> {
    let names = (0..PROCESSES).map(|number| format!("{name}-{number}"));
    names
        .map(|name| Nginx::before(folder, &name, back, http))
        .collect()
}

/// Puts the stack's gateway, now without limits, before `back`, and another one whose limits are
/// looked at and not reached. Like nginx they write one log.
async fn put_before(stack: &mut Stack, back: &Nginx) -> anyhow::Result<Part> {
    let (http, log) = (stack.http.clone(), stack.file("limiting.out"));
    let url = format!("http://{}", back.address);
    let gateway = stack.part_mut("gateway");
    gateway.kill();
    gateway.launch.set("FLIGHT_SERVICE", &url);
    gateway.launch.set("BOOKING_SERVICE", &url);
    gateway.launch.set("LOG_DIR", "");
    let (port, private) = (ports::free()?, ports::free()?);
    let mut launch = gateway.launch.clone();
    launch.log = log;
    launch.set("PORT", &port.to_string());
    launch.set("METRICS_ADDR", &format!("127.0.0.1:{private}"));
    gateway.launch.set("RATE_LIMIT_MAX", "0");
    let mut limiting = Part::new("gateway", port, launch);
    for part in [gateway, &mut limiting] {
        part.start()?;
        part.wait_ready(&http).await?;
    }
    Ok(limiting)
}
