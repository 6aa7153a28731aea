//! The five services: ports, schemas, accounts, and the environment each one gets.

use crate::frontend;
use crate::keys;
use crate::layout::{Layout, binaries};
use crate::secrets;
use crate::stack::Stack;
use crate::supervisor::probe::Probe;
use crate::supervisor::spec::{PartSpec, Tier};
use anyhow::Result;
use std::env;
use std::ffi::OsString;
use std::time::Duration;

/// The standard port where the gateway shows its metrics: never on its public one.
pub const METRICS_PORT: u16 = 5001;
/// A service's drain takes at most 15 s.
const GRACE: Duration = Duration::from_secs(16);

/// One service, as far as running it goes.
#[derive(Debug)]
pub struct Service {
    /// Name, binary and key id.
    pub name: &'static str,
    /// The standard port.
    pub port: u16,
    /// The schema it owns.
    pub schema: &'static str,
    /// Its database account; the one for migrations has `_migrate` behind it.
    pub account: &'static str,
    /// What it needs of the rest, by variable.
    needs: &'static [&'static str],
    /// What a person may set for it in the environment of `up`.
    tunable: &'static [&'static str],
}

/// Callees before callers.
pub const SERVICES: [Service; 5] = [
    Service {
        name: "payment-sandbox",
        port: 4500,
        schema: "payment_sandbox",
        account: "airside_payments",
        needs: &["SERVICE_JWKS"],
        tunable: &["CHARGE_DELAY_MS"],
    },
    Service {
        name: "notification",
        port: 8000,
        schema: "notification_dev",
        account: "airside_notification",
        needs: &[
            "JWKS_URL",
            "SERVICE_JWKS",
            "REDIS_URL",
            "SMTP_URL",
            "MAIL_FROM",
        ],
        tunable: &[],
    },
    Service {
        name: "flights",
        port: 3500,
        schema: "flights_booking",
        account: "airside_flights",
        needs: &["JWKS_URL", "SERVICE_JWKS", "REDIS_URL"],
        tunable: &["DEFAULT_CURRENCY"],
    },
    Service {
        name: "booking",
        port: 4000,
        schema: "flights_dev",
        account: "airside_booking",
        needs: &[
            "JWKS_URL",
            "SERVICE_KEY",
            "SERVICE_JWKS",
            "REDIS_URL",
            "FLIGHT_SERVICE",
            "PAYMENT_URL",
            "NOTIFICATION_SERVICE",
        ],
        tunable: &["HOLD_TTL_SECONDS", "MAX_UNPAID_HOLDS"],
    },
    Service {
        name: "gateway",
        port: 5000,
        schema: "api_gateway_db",
        account: "airside_gateway",
        needs: &[
            "JWT_KEYS",
            "SERVICE_KEY",
            "REDIS_URL",
            "FLIGHT_SERVICE",
            "BOOKING_SERVICE",
            "NOTIFICATION_SERVICE",
            "METRICS_ADDR",
        ],
        tunable: &[
            "JWT_EXPIRY",
            "REFRESH_EXPIRY",
            "PUBLIC_URL",
            "RATE_LIMIT_MAX",
            "RATE_LIMIT_WINDOW",
            "RATE_LIMITS",
            "CORS_ALLOWED_ORIGINS",
            "TRUSTED_PROXIES",
        ],
    },
];

/// The service of that name.
pub fn named(name: &str) -> &'static Service {
    SERVICES
        .iter()
        .find(|service| service.name == name)
        .expect("the name is one of SERVICES")
}

impl Service {
    /// Its address.
    pub fn url(&self, layout: &Layout) -> String {
        format!("http://127.0.0.1:{}", layout.port(self.port))
    }

    /// `DATABASE_URL`: may read and write rows of its schema.
    pub fn database_url(&self, stack: &Stack) -> Result<String> {
        account_url(stack, self.account, self.schema)
    }

    /// `MIGRATE_DATABASE_URL`: may do everything in its schema.
    pub fn migrate_url(&self, stack: &Stack) -> Result<String> {
        account_url(stack, &format!("{}_migrate", self.account), self.schema)
    }

    /// All it gets: nothing is inherited but what may be tuned.
    pub fn environment(&self, stack: &Stack) -> Result<Vec<(String, OsString)>> {
        let layout = &stack.layout;
        let mut variables = vec![
            ("HOST".to_owned(), "127.0.0.1".into()),
            ("PORT".to_owned(), layout.port(self.port).to_string().into()),
            ("LOG_DIR".to_owned(), layout.logs().into()),
            ("DATABASE_URL".to_owned(), self.database_url(stack)?.into()),
        ];
        let inherited = self.tunable.iter().chain(&["RUST_LOG", "RUST_BACKTRACE"]);
        variables.extend(inherited.filter_map(|n| env::var_os(n).map(|v| ((*n).to_owned(), v))));
        for name in self.needs {
            variables.push(((*name).to_owned(), self.needed(name, stack)));
        }
        if stack.has_frontend && self.name == "gateway" {
            // Its pages are linked to in mails, and it says for whom it asks.
            let usual = [
                ("PUBLIC_URL", frontend::url(layout)),
                ("TRUSTED_PROXIES", "127.0.0.1".to_owned()),
            ];
            for (name, value) in usual {
                if !variables.iter().any(|(set, _)| set == name) {
                    variables.push((name.to_owned(), value.into()));
                }
            }
        }
        if stack.limits_off {
            let off = ["RATE_LIMIT_MAX", "MAX_UNPAID_HOLDS"];
            variables.retain(|(name, _)| !off.contains(&name.as_str()));
            let mine = off.iter().filter(|name| self.tunable.contains(name));
            variables.extend(mine.map(|name| ((*name).to_owned(), "0".into())));
        }
        Ok(variables)
    }

    /// How the supervisor runs it.
    pub fn part(&self, stack: &Stack) -> Result<PartSpec> {
        let layout = &stack.layout;
        Ok(PartSpec {
            name: self.name.to_owned(),
            url: self.url(layout),
            program: binaries(&layout.root, stack.release).join(self.name),
            args: Vec::new(),
            env: self.environment(stack)?,
            folder: layout.root.clone(),
            log: layout.logs().join(format!("{}.out", self.name)),
            probe: Probe::Http {
                port: layout.port(self.port),
                path: "/readyz",
            },
            tier: Tier::Service,
            grace: GRACE,
        })
    }

    fn needed(&self, variable: &str, stack: &Stack) -> OsString {
        let layout = &stack.layout;
        let url = |name| named(name).url(layout).into();
        match variable {
            "FLIGHT_SERVICE" => url("flights"),
            "BOOKING_SERVICE" => url("booking"),
            "NOTIFICATION_SERVICE" => url("notification"),
            "PAYMENT_URL" => url("payment-sandbox"),
            "METRICS_ADDR" => format!("127.0.0.1:{}", layout.port(METRICS_PORT)).into(),
            "JWKS_URL" => format!("{}/.well-known/jwks.json", named("gateway").url(layout)).into(),
            "JWT_KEYS" => layout.keys().join("gateway.pem").into(),
            "SERVICE_KEY" => keys::of_service(layout, self.name).into(),
            "SERVICE_JWKS" => layout.keys().join("service-jwks.json").into(),
            "REDIS_URL" => stack.redis_url.clone().into(),
            "SMTP_URL" => format!("smtp://127.0.0.1:{}", stack.smtp_port()).into(),
            "MAIL_FROM" => env::var_os("MAIL_FROM")
                .unwrap_or_else(|| "Airside <bookings@airside.example>".into()),
            other => unreachable!("no rule for the variable {other}"),
        }
    }
}

/// The URL of one of our database accounts, with its generated password.
pub fn account_url(stack: &Stack, account: &str, schema: &str) -> Result<String> {
    Ok(stack
        .mysql
        .url(account, &account_password(&stack.layout, account)?, schema))
}

/// The generated password of a database account.
pub fn account_password(layout: &Layout, account: &str) -> Result<String> {
    secrets::password(&layout.secrets().join(format!("{account}.password")))
}
