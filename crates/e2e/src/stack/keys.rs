//! Keys: the gateway signs access tokens, booking signs its calls.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::process::Launch;

/// The gateway's and booking's keys, and what callees know of booking's.
pub fn make(folder: &Path, binaries: &Path) -> anyhow::Result<()> {
    let mut public: Vec<Value> = vec![];
    for name in ["gateway", "booking"] {
        let pem = folder.join(format!("{name}.pem")).display().to_string();
        let create = Launch {
            name: format!("gateway keys create {name}"),
            program: binaries.join("gateway"),
            arguments: ["keys", "create", &pem, "--kid", name]
                .map(str::to_owned)
                .to_vec(),
            environment: vec![],
            log: folder.join("keys.out"),
        };
        let jwk = create.run("")?;
        public.push(serde_json::from_str(jwk.trim()).context("the printed key is not a JWK")?);
    }
    let callers = json!({ "keys": [public[1]] });
    std::fs::write(folder.join("service-jwks.json"), callers.to_string())?;
    Ok(())
}
