//! The five services: what they own and what each one gets in its environment.

use std::collections::BTreeMap;

/// One service, as far as running it goes.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Name, binary and key id.
    pub name: &'static str,
    /// The schema it owns.
    pub schema: &'static str,
    /// Its database account.
    pub account: &'static str,
    needs: &'static [&'static str],
}

/// Callees before callers.
pub const SERVICES: [Service; 5] = [
    Service {
        name: "payment-sandbox",
        schema: "payment_sandbox",
        account: "payments",
        needs: &["SERVICE_JWKS"],
    },
    Service {
        name: "notification",
        schema: "notification_dev",
        account: "notification",
        needs: &[
            "JWKS_URL",
            "SERVICE_JWKS",
            "REDIS_URL",
            "SMTP_URL",
            "MAIL_FROM",
        ],
    },
    Service {
        name: "flights",
        schema: "flights_booking",
        account: "flights",
        needs: &["JWKS_URL", "SERVICE_JWKS", "REDIS_URL"],
    },
    Service {
        name: "booking",
        schema: "flights_dev",
        account: "booking",
        needs: &[
            "JWKS_URL",
            "SERVICE_KEY",
            "SERVICE_JWKS",
            "REDIS_URL",
            "FLIGHT_SERVICE",
            "PAYMENT_URL",
            "NOTIFICATION_SERVICE",
        ],
    },
    Service {
        name: "gateway",
        schema: "api_gateway_db",
        account: "gateway",
        needs: &[
            "JWT_KEYS",
            "SERVICE_KEY",
            "REDIS_URL",
            "FLIGHT_SERVICE",
            "BOOKING_SERVICE",
            "NOTIFICATION_SERVICE",
            "METRICS_ADDR",
        ],
    },
];

/// The service of that name.
pub fn named(name: &str) -> &'static Service {
    let found = SERVICES.iter().find(|service| service.name == name);
    found.unwrap_or_else(|| panic!("there is no service {name}"))
}

impl Service {
    /// Those of `known` that it needs, with values.
    pub fn environment(&self, known: &BTreeMap<&'static str, String>) -> Vec<(String, String)> {
        let needed = self.needs.iter();
        needed
            .filter_map(|name| Some(((*name).to_owned(), known.get(name)?.clone())))
            .collect()
    }
}
