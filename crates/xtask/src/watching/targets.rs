//! Whether Prometheus sees what it shall.

use crate::console::Progress;
use crate::interrupt;
use crate::supervisor::probe;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::thread;
use std::time::{Duration, Instant};

/// The file of the repository's targets that is not scraped: alerts go there.
const ALERTMANAGER: &str = "alertmanager";
/// Prometheus looks for targets every five seconds, and scrapes every two.
pub const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(200);

/// What Prometheus shall know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its job, or `alertmanager`.
    pub job: String,
    /// Its host and port.
    pub address: String,
}

/// Waits until the Prometheus at `port` scrapes every target and sends its alerts to Alertmanager.
/// An error names those that it does not reach, and why.
pub fn wait(port: u16, targets: &[Target], patience: Duration) -> Result<()> {
    let mut progress = Progress::start("waiting until Prometheus sees every service");
    let deadline = Instant::now() + patience;
    loop {
        interrupt::check()?;
        let faults = faults(port, targets);
        if faults.as_ref().is_ok_and(Vec::is_empty) {
            progress.done();
            return Ok(());
        }
        if Instant::now() > deadline {
            progress.failed();
            let faults = faults?.join("\n  ");
            bail!(
                "Prometheus does not see all of prometheus/targets after {} s:\n  {faults}",
                patience.as_secs()
            );
        }
        progress.tick();
        thread::sleep(POLL);
    }
}

fn faults(port: u16, targets: &[Target]) -> Result<Vec<String>> {
    let scraped = ask(port, "/api/v1/targets?state=active")?;
    let receivers = ask(port, "/api/v1/alertmanagers")?;
    Ok(missing(&scraped["data"], &receivers["data"], targets))
}

fn ask(port: u16, path: &str) -> Result<Value> {
    let (status, body) = probe::http_get(port, path).context("Prometheus does not answer")?;
    serde_json::from_str(&body).with_context(|| format!("Prometheus answers {status}: {body}"))
}

/// One line for each target that is not there or not up.
fn missing(scraped: &Value, receivers: &Value, targets: &[Target]) -> Vec<String> {
    let active = scraped["activeTargets"].as_array();
    let active: Vec<&Value> = active.into_iter().flatten().collect();
    let receivers = receivers["activeAlertmanagers"].as_array();
    let receivers: Vec<&str> = receivers
        .into_iter()
        .flatten()
        .filter_map(|receiver| receiver["url"].as_str())
        .collect();
    let is_known = |target: &Target| {
        if target.job == ALERTMANAGER {
            return receivers.iter().any(|url| url.contains(&target.address));
        }
        active.iter().any(|scraped| {
            scraped["labels"]["job"] == *target.job
                && scraped["discoveredLabels"]["__address__"] == *target.address
        })
    };
    let unknown = targets.iter().filter(|target| !is_known(target));
    let unknown = unknown.map(|Target { job, address }| {
        format!("{job} at {address}: prometheus.yml does not read prometheus/targets/{job}.yml")
    });
    let down = active.iter().filter(|scraped| scraped["health"] != "up");
    let down = down.map(|scraped| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (job, url) = (text(&scraped["labels"]["job"]), text(&scraped["scrapeUrl"]));
        let why = match text(&scraped["lastError"]) {
            error if error.is_empty() => "not scraped yet".to_owned(),
            error => error,
        };
        format!("{job} at {url}: {why}")
    });
    unknown.chain(down).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_there_and_what_is_not_up_is_named() {
        let target = |job: &str, port: u16| Target {
            job: job.to_owned(),
            address: format!("127.0.0.1:{port}"),
        };
        let scraped = |job: &str, port: u16, health: &str, error: &str| {
            let address = format!("127.0.0.1:{port}");
            json!({
                "labels": {"job": job}, "discoveredLabels": {"__address__": address},
                "scrapeUrl": format!("http://{address}/metrics"), "health": health, "lastError": error,
            })
        };
        let known = json!({"activeTargets": [
            scraped("booking-service", 4000, "up", ""),
            scraped("flight-service", 3501, "down", "connection refused"),
        ]});
        let receivers =
            json!({"activeAlertmanagers": [{"url": "http://127.0.0.1:9093/api/v2/alerts"}]});
        let targets = [
            target("booking-service", 4000),
            target("flight-service", 3501),
            target(ALERTMANAGER, 9093),
        ];
        assert_eq!(
            missing(&known, &receivers, &targets),
            ["flight-service at http://127.0.0.1:3501/metrics: connection refused"]
        );
        let nobody = json!({});
        let told = missing(&nobody, &nobody, &targets);
        assert_eq!(told.len(), 3);
        assert_eq!(
            told[2],
            "alertmanager at 127.0.0.1:9093: prometheus.yml does not read prometheus/targets/alertmanager.yml"
        );
    }
}
