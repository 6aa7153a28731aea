//! `gateway keys create`: key files for the gateway and for services.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write, stdout},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use service_kit::identity::{SigningKey, generate_pem};

/// Writes a fresh key, or keeps the one that is there, and prints its public half as one line.
pub fn create(file: &Path, kid: &str) -> anyhow::Result<()> {
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    match created {
        Ok(mut opened) => opened.write_all(generate_pem()?.as_bytes())?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("writing {}", file.display())),
    }
    let key = SigningKey::from_file(file, kid)?;
    writeln!(stdout(), "{}", serde_json::to_string(key.public())?)?;
    Ok(())
}
