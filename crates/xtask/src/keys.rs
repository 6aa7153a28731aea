//! Keys: the gateway signs access tokens, booking signs its calls; callees know booking's public
//! half.

use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use crate::secrets::write_private;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::fs;

/// The services that call others and so have a key of their own.
const CALLERS: [&str; 1] = ["booking"];

/// Makes the keys that are missing.
pub fn prepare(layout: &Layout, release: bool) -> Result<()> {
    create(layout, release, "gateway")?;
    let keys = CALLERS
        .iter()
        .map(|name| create(layout, release, name))
        .collect::<Result<Vec<_>>>()?;
    let set = serde_json::to_vec_pretty(&json!({ "keys": keys }))?;
    write_private(&layout.keys().join("service-jwks.json"), &set)
}

/// Makes one key unless it is there; gives its public half.
fn create(layout: &Layout, release: bool, name: &str) -> Result<Value> {
    let private = layout.keys().join(format!("{name}.pem"));
    let public = layout.keys().join(format!("{name}.jwk.json"));
    if !(private.is_file() && public.is_file()) {
        // A private key whose public half was never written down is of no use.
        let _ = fs::remove_file(&private);
        let mut command = guarded(binaries(&layout.root, release).join("gateway"));
        command
            .args(["keys", "create"])
            .arg(&private)
            .args(["--kid", name]);
        let jwk = step::capture(&format!("making the key of {name}"), &mut command, b"")?;
        write_private(&public, jwk.trim().as_bytes())?;
    }
    let text = fs::read(&public)?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not a JWK", public.display()))
}
