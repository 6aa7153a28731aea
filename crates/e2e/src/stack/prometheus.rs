//! A Prometheus that scrapes a stack with the configuration that everybody gets.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::{
    Stack, find, ports,
    process::{Launch, Process},
    watchers::Watcher,
};

const START_LIMIT: Duration = Duration::from_secs(30);
/// The jobs of `prometheus.yml` and the services behind them.
pub const JOBS: [(&str, &str); 5] = [
    ("flight-service", "flights"),
    ("booking-service", "booking"),
    ("api-gateway", "gateway"),
    ("notification-service", "notification"),
    ("payment-sandbox", "payment-sandbox"),
];

/// A private Prometheus, and what stands beside the stack for it.
pub struct Prometheus {
    http: reqwest::Client,
    url: String,
    _process: Process,
    _watchers: Vec<Watcher>,
}

impl Prometheus {
    /// Starts one that scrapes `stack`, with `root`'s `prometheus.yml`.
    pub async fn start(stack: &Stack, root: &Path) -> anyhow::Result<Self> {
        let folder = stack.file("prometheus");
        let watchers = Watcher::start_all(stack)?;
        configure(stack, root, &folder)?;
        for watcher in &watchers {
            target(&folder, watcher.job, &watcher.address)?;
        }
        let port = ports::free()?;
        let launch = Launch {
            name: "prometheus".to_owned(),
            program: find("prometheus")?,
            arguments: vec![
                format!("--config.file={}", folder.join("prometheus.yml").display()),
                format!("--storage.tsdb.path={}", folder.join("data").display()),
                format!("--web.listen-address=127.0.0.1:{port}"),
                "--log.level=warn".to_owned(),
            ],
            environment: vec![],
            log: stack.file("prometheus.out"),
        };
        let mut process = launch.start()?;
        let url = format!("http://127.0.0.1:{port}");
        let deadline = Instant::now() + START_LIMIT;
        let ready = stack.http.get(format!("{url}/-/ready"));
        while !is_ready(&ready).await {
            if process.ended()?.is_some() || Instant::now() > deadline {
                bail!("prometheus does not start:\n{}", launch.last_lines());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self {
            http: stack.http.clone(),
            url,
            _process: process,
            _watchers: watchers,
        })
    }

    /// The result of a PromQL expression over the last `seconds`, one item a series.
    pub async fn range(&self, expression: &str, seconds: u64) -> anyhow::Result<Vec<Value>> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        let (end, step) = (now.as_secs(), "2");
        let (end, start) = (end.to_string(), (end - seconds).to_string());
        let query = [
            ("query", expression),
            ("start", &start),
            ("end", &end),
            ("step", step),
        ];
        self.ask("query_range", &query).await
    }

    /// The result of a PromQL expression now, one item a series.
    pub async fn instant(&self, expression: &str) -> anyhow::Result<Vec<Value>> {
        self.ask("query", &[("query", expression)]).await
    }

    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Vec<Value>> {
        let url = format!("{}/api/v1/{path}", self.url);
        let request = self.http.get(url).query(query);
        let answer: Value = request.send().await?.json().await?;
        ensure!(answer["status"] == "success", "{query:?}: {answer}");
        let series = answer["data"]["result"].as_array();
        Ok(series.context("a result")?.clone())
    }
}

async fn is_ready(request: &reqwest::RequestBuilder) -> bool {
    let Some(request) = request.try_clone() else {
        return false;
    };
    request
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success())
}

/// The configuration as it is, with the addresses of `stack` as its targets.
fn configure(stack: &Stack, root: &Path, folder: &Path) -> anyhow::Result<()> {
    let rules = folder.join("prometheus/rules");
    fs::create_dir_all(&rules)?;
    fs::create_dir_all(folder.join("prometheus/targets"))?;
    fs::copy(root.join("prometheus.yml"), folder.join("prometheus.yml"))?;
    for file in fs::read_dir(root.join("prometheus/rules"))? {
        let file: PathBuf = file?.path();
        fs::copy(&file, rules.join(file.file_name().context("a file")?))?;
    }
    for (job, service) in JOBS {
        target(folder, job, &stack.metrics_address(service))?;
    }
    Ok(())
}

fn target(folder: &Path, job: &str, address: &str) -> anyhow::Result<()> {
    let file = folder.join(format!("prometheus/targets/{job}.yml"));
    Ok(fs::write(file, format!("- targets: [\"{address}\"]\n"))?)
}
