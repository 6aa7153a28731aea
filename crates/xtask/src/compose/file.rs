//! `docker-compose.yml`, read strictly: what is not understood here stops with its name, so that
//! nothing of the file is overlooked.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What only a container has: processes on loopback share root, networks and life.
const OF_CONTAINERS: [&str; 6] = [
    "build",
    "logging",
    "read_only",
    "cap_drop",
    "security_opt",
    "stop_grace_period",
];

/// The file.
#[derive(Debug)]
pub struct Compose {
    /// By name.
    pub services: BTreeMap<String, Service>,
    /// The file on this machine of each secret.
    pub secrets: BTreeMap<String, String>,
}

/// One service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// With its tag.
    pub image: String,
    /// Instead of the image's own.
    #[serde(default)]
    pub entrypoint: Vec<String>,
    /// Its arguments.
    #[serde(default)]
    pub command: Vec<String>,
    /// All that it gets.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Those it sees, each in /run/secrets under its name.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// `source:target[:ro]`.
    #[serde(default)]
    pub volumes: Vec<String>,
    /// Names, or names with addresses.
    pub networks: Value,
    /// Ports that other services reach.
    #[serde(default)]
    pub expose: Vec<String>,
    /// `[address:]outside:inside`.
    #[serde(default)]
    pub ports: Vec<String>,
    /// None: it runs once, to its end.
    pub restart: Option<String>,
    /// Only when asked for.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// What must have happened before.
    #[serde(default)]
    pub depends_on: BTreeMap<String, Dependency>,
    /// How it is known to work.
    pub healthcheck: Option<HealthCheck>,
}

/// What another service waits for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// It is met when?
    pub condition: Condition,
}

/// When a dependency is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Its health check passed.
    ServiceHealthy,
    /// It ended with 0.
    ServiceCompletedSuccessfully,
}

/// A health check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// `CMD` and a command line, or `CMD-SHELL` and a script.
    pub test: Vec<String>,
    /// Between two checks.
    pub interval: String,
    /// Of one check.
    pub timeout: String,
    /// Failures in this time count for nothing.
    pub start_period: String,
    /// So many failures in a row are bad.
    pub retries: u32,
}

impl Compose {
    /// Reads the file's text, with the variables that it names.
    pub fn read(text: &str, variables: &BTreeMap<&str, String>) -> Result<Self> {
        let mut whole: Value = serde_saphyr::from_str(text)?;
        interpolate(&mut whole, variables)?;
        let Value::Object(mut whole) = whole else {
            bail!("is no mapping");
        };
        let services = section(&mut whole, "services")?
            .into_iter()
            .map(|(name, service)| {
                let service = read_service(service).with_context(|| format!("service {name}"))?;
                Ok((name, service))
            })
            .collect::<Result<_>>()?;
        let secrets = section(&mut whole, "secrets")?
            .into_iter()
            .map(|(name, secret)| {
                let file = secret["file"].as_str().map(str::to_owned);
                Ok((
                    name.clone(),
                    file.with_context(|| format!("secret {name}: no file"))?,
                ))
            })
            .collect::<Result<_>>()?;
        Ok(Self { services, secrets })
    }
}

fn section(whole: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>> {
    match whole.remove(name) {
        Some(Value::Object(section)) => Ok(section),
        _ => bail!("has no section {name}"),
    }
}

fn read_service(mut service: Value) -> Result<Service> {
    let fields = service.as_object_mut().context("is no mapping")?;
    fields.retain(|name, _| !OF_CONTAINERS.contains(&name.as_str()));
    Ok(serde_json::from_value(service)?)
}

impl Service {
    /// The image without registry path and tag: `prometheus` of prom/prometheus:v2.
    pub fn product(&self) -> &str {
        let name = self.image.rsplit('/').next().unwrap_or_default();
        name.split(':').next().unwrap_or_default()
    }

    /// Whether the image is one of ours.
    pub fn is_ours(&self) -> bool {
        self.image.starts_with("airside/")
    }

    /// Whether it is the one of ours that runs on Node: the web front end.
    pub fn is_frontend(&self) -> bool {
        self.is_ours() && self.product() == "frontend"
    }

    /// Whether Prometheus asks it: what stays and is one of ours, or tells of a store.
    pub fn is_scraped(&self) -> bool {
        let tells = self.product().ends_with("exporter");
        let counts = self.is_ours() && !self.is_frontend();
        self.restart.is_some() && (counts || tells)
    }

    /// Ports that it listens on.
    pub fn listens_on(&self) -> Result<Vec<u16>> {
        let inside = self.ports.iter().map(|p| p.rsplit(':').next().unwrap_or(p));
        let all = self.expose.iter().map(String::as_str).chain(inside);
        all.map(|port| port.parse().with_context(|| format!("port {port}")))
            .collect()
    }

    /// Its fixed addresses in networks.
    pub fn addresses(&self) -> Vec<&str> {
        let networks = self.networks.as_object().into_iter().flatten();
        networks
            .filter_map(|(_, network)| network["ipv4_address"].as_str())
            .collect()
    }

    /// Source and target of each volume.
    pub fn mounts(&self) -> Result<Vec<(&str, &str)>> {
        let pair = |volume: &'_ String| -> Option<(usize, usize)> {
            let from = volume.find(':')?;
            let rest = &volume[from + 1..];
            Some((from, from + 1 + rest.find(':').unwrap_or(rest.len())))
        };
        self.volumes
            .iter()
            .map(|volume| {
                let (from, to) = pair(volume).with_context(|| format!("volume {volume}"))?;
                Ok((&volume[..from], &volume[from + 1..to]))
            })
            .collect()
    }
}

/// Puts variables into every text: `${NAME:-default}`, `${NAME:?why}`, `${NAME}`; `$$` is `$`.
fn interpolate(value: &mut Value, variables: &BTreeMap<&str, String>) -> Result<()> {
    match value {
        Value::String(text) => *text = filled(text, variables)?,
        Value::Array(items) => {
            for item in items {
                interpolate(item, variables)?;
            }
        }
        Value::Object(fields) => {
            for field in fields.values_mut() {
                interpolate(field, variables)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn filled(text: &str, variables: &BTreeMap<&str, String>) -> Result<String> {
    let mut parts = text.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    while let Some(part) = parts.next() {
        if part.is_empty() {
            filled.push('$');
            filled += parts.next().unwrap_or_default();
            continue;
        }
        let (inside, rest) = part
            .strip_prefix('{')
            .and_then(|part| part.split_once('}'))
            .with_context(|| format!("{text:?}: write ${{NAME}}"))?;
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inside.split(":?").next().unwrap_or(inside), None),
        };
        let value = variables.get(name).map(String::as_str).or(default);
        filled += value.with_context(|| format!("{text:?} needs {name}, which is not set"))?;
        filled += rest;
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_or_missed_by_name() {
        let variables = BTreeMap::from([("A", "x".to_owned())]);
        let fill = |text: &str| filled(text, &variables);
        assert_eq!(fill("${A}/${B:-y} $$(cat z)").unwrap(), "x/y $(cat z)");
        let missing = fill("${B:?say it}").unwrap_err().to_string();
        assert!(missing.contains("needs B"), "{missing}");
    }
}
