//! A Prometheus that scrapes a stack with the configuration that everybody gets.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use xtask::watching;

use super::{
    Stack, find, ports,
    process::{Launch, Process},
    watchers::Watcher,
};

const START_LIMIT: Duration = Duration::from_secs(30);

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
        configure(stack, &watchers, root, &folder)?;
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

/// The repository's configuration, with the addresses of `stack` and of what stands beside it.
fn configure(
    stack: &Stack,
    watchers: &[Watcher],
    root: &Path,
    folder: &Path,
) -> anyhow::Result<()> {
    watching::write(root, folder, |name, _| {
        let watcher = watchers.iter().find(|watcher| watcher.name == name);
        Ok(match (name, watcher) {
            // Here alerts are asked for, not sent.
            ("alertmanager", _) => None,
            (_, Some(watcher)) => Some(watcher.address.clone()),
            (service, None) => Some(stack.metrics_address(service)),
        })
    })?;
    Ok(())
}
