//! Keys: the gateway signs access tokens, services sign their calls.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::process::Launch;

/// The services that call others.
const CALLERS: [&str; 2] = ["booking", "gateway"];

/// The file of the key that a service signs its calls with.
pub fn of_service(name: &str) -> String {
    format!("{name}-service.pem")
}

/// The key of access tokens, those of the callers, and what callees know of the latter.
pub fn make(folder: &Path, binaries: &Path) -> anyhow::Result<()> {
    create(folder, binaries, "gateway.pem", "gateway")?;
    let callers: Vec<Value> = CALLERS
        .iter()
        .map(|name| create(folder, binaries, &of_service(name), name))
        .collect::<anyhow::Result<_>>()?;
    let callers = json!({ "keys": callers });
    std::fs::write(folder.join("service-jwks.json"), callers.to_string())?;
    Ok(())
}

fn create(folder: &Path, binaries: &Path, file: &str, kid: &str) -> anyhow::Result<Value> {
    let pem = folder.join(file).display().to_string();
    let create = Launch {
        name: format!("gateway keys create {file}"),
        program: binaries.join("gateway"),
        arguments: ["keys", "create", &pem, "--kid", kid]
            .map(str::to_owned)
            .to_vec(),
        environment: vec![],
        log: folder.join("keys.out"),
    };
    let jwk = create.run("")?;
    serde_json::from_str(jwk.trim()).context("the printed key is not a JWK")
}
