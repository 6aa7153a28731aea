//! What can be told from the file alone: each variable is one that its service reads, each secret
//! is there and given to who reads it.

use super::file::{Compose, Service};
use crate::configuration;
use anyhow::{Context as _, Result, ensure};
use std::path::Path;

/// Fails at the first fault, with its name. `base` is the folder of the file.
pub fn check(compose: &Compose, base: &Path) -> Result<()> {
    for (name, file) in &compose.secrets {
        let path = base.join(file);
        ensure!(
            path.is_file(),
            "secret {name}: there is no {} (deploy/secrets.sh makes it)",
            path.display()
        );
    }
    for (name, service) in &compose.services {
        check_secrets(compose, service).with_context(|| format!("service {name}"))?;
        if service.is_ours() {
            check_variables(service, base).with_context(|| format!("service {name}"))?;
        }
    }
    Ok(())
}

fn check_secrets(compose: &Compose, service: &Service) -> Result<()> {
    for secret in &service.secrets {
        ensure!(
            compose.secrets.contains_key(secret),
            "there is no secret {secret}"
        );
    }
    for (variable, value) in &service.environment {
        for path in value.split(',') {
            let Some(secret) = path.trim().strip_prefix("/run/secrets/") else {
                continue;
            };
            ensure!(
                service.secrets.iter().any(|given| given == secret),
                "{variable}: it is not given the secret {secret}"
            );
        }
    }
    Ok(())
}

fn check_variables(service: &Service, base: &Path) -> Result<()> {
    let known = match service.is_frontend() {
        true => configuration::variables_of_frontend(base)?,
        false => configuration::variables(base, service.product())?,
    };
    for variable in service.environment.keys() {
        ensure!(
            known.contains(variable),
            "{variable}: {} reads no such variable",
            service.product()
        );
    }
    Ok(())
}
