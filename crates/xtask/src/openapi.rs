//! `openapi`: the document of the whole API, put together from what each service says of its own
//! routes, and written where the gateway embeds it.

mod limits;

use crate::build;
use crate::generated::Generated;
use crate::interrupt;
use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use anyhow::{Context as _, Result, bail, ensure};
use limits::Limit;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::path::Path;

/// The services that clients reach, and what the gateway puts before their paths.
const PARTS: [(&str, &str); 4] = [
    ("gateway", ""),
    ("flights", "/flightsService"),
    ("booking", "/bookingService"),
    ("notification", "/notificationService"),
];

/// Where it is committed.
pub const DOCUMENT: Generated = Generated {
    file: "crates/gateway/openapi.json",
    command: "cargo xtask openapi",
};

/// What holds for every route.
const ABOUT: &str = include_str!("openapi/about.md");

/// Writes the document, or with `check` fails if the one that is there is not the same.
pub fn run(layout: &Layout, check: bool) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    build::binaries(&layout.root, false)?;
    let document = merged(&binaries(&layout.root, false))?;
    DOCUMENT.keep(&layout.root, &document, check)
}

/// The document as the services' binaries say it: pretty, keys sorted.
pub fn merged(binaries: &Path) -> Result<String> {
    let mut parts = Vec::new();
    for (service, prefix) in PARTS {
        parts.push((prefix, asked(binaries, service, "openapi")?));
    }
    let mut whole = merge(parts)?;
    let limits: Vec<Limit> = asked(binaries, "gateway", "limits")?;
    limits::add(&mut whole, &limits)?;
    Ok(format!("{whole:#}\n"))
}

/// What a service prints as JSON.
fn asked<T: DeserializeOwned>(binaries: &Path, service: &str, question: &str) -> Result<T> {
    let title = format!("asking {service} for its {question}");
    let mut command = guarded(binaries.join(service));
    let said = step::capture(&title, command.arg(question), b"")?;
    serde_json::from_str(&said).context(title)
}

fn merge(parts: Vec<(&str, Value)>) -> Result<Value> {
    let mut whole = json!({
        "servers": [{"url": "/", "description": "The gateway that serves this document."}],
        "tags": [],
        "paths": {},
        "components": {},
    });
    for (prefix, part) in parts {
        let Value::Object(part) = part else {
            bail!("a part is no object");
        };
        for (key, value) in part {
            match key.as_str() {
                "paths" => add_paths(&mut whole["paths"], prefix, value)?,
                "components" => add_components(&mut whole["components"], value)?,
                "tags" => add_tags(&mut whole["tags"], value)?,
                _ => whole[&key] = value,
            }
        }
    }
    whole["info"]["title"] = "Airside".into();
    whole["info"]["description"] = ABOUT.trim().into();
    whole["info"]["license"] = json!({"name": "MIT", "identifier": "MIT"});
    Ok(whole)
}

fn add_paths(whole: &mut Value, prefix: &str, part: Value) -> Result<()> {
    for (path, methods) in fields(part)? {
        whole[&format!("{prefix}{path}")] = methods;
    }
    Ok(())
}

/// Parts share what is the same in all of them.
fn add_components(whole: &mut Value, part: Value) -> Result<()> {
    for (kind, components) in fields(part)? {
        for (name, component) in fields(components)? {
            let other = &whole[&kind][&name];
            ensure!(
                other.is_null() || *other == component,
                "two services mean different things by {name} ({kind}): rename one"
            );
            whole[&kind][&name] = component;
        }
    }
    Ok(())
}

fn add_tags(whole: &mut Value, part: Value) -> Result<()> {
    let whole = whole.as_array_mut().context("tags are a list")?;
    for tag in part.as_array().context("tags are a list")? {
        if !whole.contains(tag) {
            whole.push(tag.clone());
        }
    }
    whole.sort_by_key(|tag| tag["name"].to_string());
    Ok(())
}

fn fields(value: Value) -> Result<Map<String, Value>> {
    match value {
        Value::Object(fields) => Ok(fields),
        other => bail!("not an object: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(path: &str, name: &str, kind: &str) -> Value {
        json!({
            "openapi": "3.1.0",
            "info": {"version": "1"},
            "tags": [{"name": "Health"}],
            "paths": {path: {"get": {}}},
            "components": {"schemas": {name: {"type": kind}, "Problem": {}}},
        })
    }

    #[test]
    fn parts_are_put_together_as_clients_see_them() {
        let own = part("/api/v1/me", "User", "object");
        let behind = part("/api/v1/city", "City", "object");
        let whole = merge(vec![("", own), ("/flightsService", behind)]).unwrap();
        let paths: Vec<_> = whole["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["/api/v1/me", "/flightsService/api/v1/city"]);
        let schemas: Vec<_> = whole["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(schemas, ["City", "Problem", "User"]);
        assert_eq!(whole["tags"], json!([{"name": "Health"}]));
        assert_eq!(whole["openapi"], "3.1.0");
    }

    #[test]
    fn a_name_means_one_thing() {
        let parts = vec![
            ("", part("/a", "Role", "object")),
            ("/b", part("/a", "Role", "string")),
        ];
        let refused = merge(parts).unwrap_err().to_string();
        assert!(refused.contains("Role (schemas)"), "{refused}");
    }
}
