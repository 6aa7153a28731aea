//! `monitoring`: the catalogue of everything that Prometheus can be asked for, as each program says it
//! of itself.

use crate::build;
use crate::generated::Generated;
use crate::interrupt;
use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

/// The programs, each with its job in prometheus.yml.
const PROGRAMS: [(&str, &str); 6] = [
    ("gateway", "api-gateway"),
    ("flights", "flight-service"),
    ("booking", "booking-service"),
    ("notification", "notification-service"),
    ("payment-sandbox", "payment-sandbox"),
    ("audit", "auditor"),
];

/// Where it is committed.
pub const CATALOGUE: Generated = Generated {
    file: "MONITORING.md",
    command: "cargo xtask monitoring",
};

/// What stands before the catalogue.
const ABOUT: &str = include_str!("monitoring/about.md");

/// A metric as a program says it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Metric {
    name: String,
    r#type: String,
    labels: Vec<String>,
    buckets: Vec<f64>,
    help: String,
}

/// Writes the catalogue, or with `check` fails if the one that is there is not the same.
pub fn run(layout: &Layout, check: bool) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    build::binaries(&layout.root, false)?;
    let catalogue = catalogue(&binaries(&layout.root, false))?;
    CATALOGUE.keep(&layout.root, &catalogue, check)
}

/// The catalogue as the binaries say it.
pub fn catalogue(binaries: &Path) -> Result<String> {
    let said = PROGRAMS.map(|(program, _)| ask(binaries, program));
    let said = said.into_iter().collect::<Result<Vec<_>>>()?;
    let (first, others) = said.split_first().context("there are programs")?;
    let is_common = |metric: &&Metric| others.iter().all(|said| said.contains(metric));
    let common: Vec<Metric> = first.iter().filter(is_common).cloned().collect();
    let mut text = format!("{}\n", ABOUT.trim());
    write_table(&mut text, "Every process", &common)?;
    for ((program, job), said) in PROGRAMS.iter().zip(&said) {
        let own = said.iter().filter(|metric| !common.contains(metric));
        let own: Vec<Metric> = own.cloned().collect();
        write_table(&mut text, &format!("{program} (job `{job}`)"), &own)?;
    }
    Ok(text)
}

fn ask(binaries: &Path, program: &str) -> Result<Vec<Metric>> {
    let title = format!("asking {program}");
    let mut command = guarded(binaries.join(program));
    let said = step::capture(&title, command.arg("metrics"), b"")?;
    serde_json::from_str(&said).context(title)
}

fn write_table(text: &mut String, title: &str, metrics: &[Metric]) -> Result<()> {
    writeln!(text, "\n### {title}\n")?;
    writeln!(text, "| metric | type | labels | what it says |")?;
    writeln!(text, "| --- | --- | --- | --- |")?;
    let mut metrics: Vec<_> = metrics.iter().collect();
    metrics.sort_by(|one, other| one.name.cmp(&other.name));
    for metric in metrics {
        let labels: Vec<_> = metric
            .labels
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let buckets = match &metric.buckets[..] {
            [first, .., last] => format!(" Buckets from {first} to {last}."),
            _ => String::new(),
        };
        writeln!(
            text,
            "| `{}` | {} | {} | {}{buckets} |",
            metric.name,
            metric.r#type,
            labels.join(", "),
            metric.help.replace('|', "\\|")
        )?;
    }
    Ok(())
}
