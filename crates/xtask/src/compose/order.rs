//! In which order services start.

use super::file::{Condition, Service};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeMap;

/// Fails where an order cannot be kept: unknown names, checks that are not there, circles.
pub fn of(services: &BTreeMap<String, Service>) -> Result<Vec<&str>> {
    let mut order: Vec<&str> = vec![];
    while order.len() < services.len() {
        let before = order.len();
        for (name, service) in services {
            check_dependencies(name, service, services)?;
            let mut wanted = service.depends_on.keys();
            let is_due = wanted.all(|wanted| order.contains(&wanted.as_str()));
            if is_due && !order.contains(&name.as_str()) {
                order.push(name);
            }
        }
        if order.len() == before {
            let left = services.keys().find(|name| !order.contains(&name.as_str()));
            bail!("service {}: waits for itself", left.map_or("", |name| name));
        }
    }
    Ok(order)
}

fn check_dependencies(
    name: &str,
    service: &Service,
    services: &BTreeMap<String, Service>,
) -> Result<()> {
    for (wanted, dependency) in &service.depends_on {
        let found = services.get(wanted);
        let found = found.with_context(|| format!("service {name}: there is no {wanted}"))?;
        match dependency.condition {
            Condition::ServiceHealthy => ensure!(
                found.healthcheck.is_some(),
                "service {name}: {wanted} has no health check"
            ),
            Condition::ServiceCompletedSuccessfully => ensure!(
                found.restart.is_none(),
                "service {name}: {wanted} never completes, it restarts"
            ),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::file::Compose;

    #[test]
    fn an_order_that_cannot_be_kept_names_who_cannot_start() {
        let service = |rest: &str| format!("image: x\n    networks: []\n    {rest}");
        let read = |a: &str, b: &str| {
            let (a, b) = (service(a), service(b));
            let text = format!("services:\n  a:\n    {a}\n  b:\n    {b}\nsecrets: {{}}\n");
            let compose = Compose::read(&text, &BTreeMap::new()).unwrap();
            of(&compose.services)
                .map(|names| names.join(" "))
                .map_err(|error| error.to_string())
        };
        let done =
            |name| format!("depends_on: {{{name}: {{condition: service_completed_successfully}}}}");
        let healthy = |name| format!("depends_on: {{{name}: {{condition: service_healthy}}}}");
        assert_eq!(read(&done("b"), "").unwrap(), "b a");
        assert!(read(&done("c"), "").unwrap_err().contains("no c"));
        assert!(
            read(&healthy("b"), "")
                .unwrap_err()
                .contains("no health check")
        );
        assert!(read(&done("b"), &done("a")).unwrap_err().contains("itself"));
        let restarts = "restart: always";
        assert!(
            read(&done("b"), restarts)
                .unwrap_err()
                .contains("never completes")
        );
    }
}
