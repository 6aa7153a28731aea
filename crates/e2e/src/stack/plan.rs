//! Which port, environment and log each service of a stack gets.

use std::{collections::BTreeMap, path::Path};

use super::{
    Options, Part, Stack, keys, ports,
    process::Launch,
    services::{SERVICES, Service},
};

impl Stack {
    /// Decides ports and environments; starts nothing.
    pub(super) fn plan(&mut self, options: &Options, binaries: &Path) -> anyhow::Result<()> {
        let mut ports = BTreeMap::new();
        for service in &SERVICES {
            ports.insert(service.name, free_of(&ports)?);
        }
        let mut known = self.known_variables(&ports)?;
        for service in &SERVICES {
            let port = ports[service.name];
            let key = self.file(&keys::of_service(service.name));
            known.insert("SERVICE_KEY", key.display().to_string());
            let mut environment = service.environment(&known);
            environment.extend(self.common_environment(service, port, options));
            environment.extend(options.extra_for(service.name));
            let launch = Launch {
                name: service.name.to_owned(),
                program: binaries.join(service.name),
                arguments: vec![],
                environment,
                log: self.folder.path().join(format!("{}.out", service.name)),
            };
            self.parts.push(Part::new(service.name, port, launch));
        }
        Ok(())
    }

    fn known_variables(
        &self,
        ports: &BTreeMap<&'static str, u16>,
    ) -> anyhow::Result<BTreeMap<&'static str, String>> {
        let url = |name| format!("http://127.0.0.1:{}", ports[name]);
        let file = |name| self.folder.path().join(name).display().to_string();
        Ok(BTreeMap::from([
            (
                "JWKS_URL",
                format!("{}/.well-known/jwks.json", url("gateway")),
            ),
            ("JWT_KEYS", file("gateway.pem")),
            ("SERVICE_JWKS", file("service-jwks.json")),
            ("FLIGHT_SERVICE", url("flights")),
            ("BOOKING_SERVICE", url("booking")),
            ("NOTIFICATION_SERVICE", url("notification")),
            ("PAYMENT_URL", url("payment-sandbox")),
            ("REDIS_URL", self.redis.url()),
            ("SMTP_URL", format!("smtp://127.0.0.1:{}", self.sink.port)),
            ("MAIL_FROM", "Airside <bookings@airside.example>".to_owned()),
            ("METRICS_ADDR", format!("127.0.0.1:{}", free_of(ports)?)),
        ]))
    }

    fn common_environment(
        &self,
        service: &Service,
        port: u16,
        options: &Options,
    ) -> Vec<(String, String)> {
        let logs = self.folder.path().join("logs");
        let url = self.database.service_url(service.account, service.schema);
        let mut variables = vec![
            ("HOST".to_owned(), "127.0.0.1".to_owned()),
            ("PORT".to_owned(), port.to_string()),
            ("LOG_DIR".to_owned(), logs.display().to_string()),
            ("DATABASE_URL".to_owned(), url),
            (
                "DATABASE_CONNECTIONS".to_owned(),
                options.connections.to_string(),
            ),
        ];
        let inherited = ["RUST_LOG", "RUST_BACKTRACE"];
        variables.extend(
            inherited
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))),
        );
        variables
    }
}

/// A port that neither the machine nor `taken` uses.
fn free_of(taken: &BTreeMap<&'static str, u16>) -> anyhow::Result<u16> {
    loop {
        let port = ports::free()?;
        if taken.values().all(|other| *other != port) {
            return Ok(port);
        }
    }
}
