//! Keys: the gateway signs access tokens, services sign their calls; callees know the callers'
//! public halves.

use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use crate::secrets::write_private;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The services that call others and so have a key of their own.
const CALLERS: [&str; 2] = ["booking", "gateway"];

/// The key that a service signs its calls with.
pub fn of_service(layout: &Layout, name: &str) -> PathBuf {
    layout.keys().join(format!("{name}-service.pem"))
}

/// Makes the keys that are missing.
pub fn prepare(layout: &Layout, release: bool) -> Result<()> {
    create(
        layout,
        release,
        &layout.keys().join("gateway.pem"),
        "gateway",
    )?;
    let keys = CALLERS
        .iter()
        .map(|name| create(layout, release, &of_service(layout, name), name))
        .collect::<Result<Vec<_>>>()?;
    let set = serde_json::to_vec_pretty(&json!({ "keys": keys }))?;
    write_private(&layout.keys().join("service-jwks.json"), &set)
}

/// Makes the key `kid` unless it is there; gives its public half.
fn create(layout: &Layout, release: bool, private: &Path, kid: &str) -> Result<Value> {
    let public = private.with_extension("jwk.json");
    if !(private.is_file() && public.is_file()) {
        // A private key whose public half was never written down is of no use.
        let _ = fs::remove_file(private);
        let mut command = guarded(binaries(&layout.root, release).join("gateway"));
        command
            .args(["keys", "create"])
            .arg(private)
            .args(["--kid", kid]);
        let jwk = step::capture(&format!("making the key of {kid}"), &mut command, b"")?;
        write_private(&public, jwk.trim().as_bytes())?;
    }
    let text = fs::read(&public)?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not a JWK", public.display()))
}
