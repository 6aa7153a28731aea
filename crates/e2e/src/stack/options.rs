//! How a stack differs from the usual.

/// Where its schemas are made.
#[derive(Clone, Debug)]
pub enum Choice {
    /// On this server, by this account.
    Given(String),
    /// On a server of its own, every commit durable.
    Private,
}

/// The policies beside the default one.
const LIMITED: [&str; 9] = [
    "search",
    "booking",
    "sign-in",
    "sign-in-account-network",
    "sign-in-account",
    "sign-up",
    "refresh",
    "password",
    "mail-link",
];
/// Requests that nobody makes in a minute.
const UNREACHED: u32 = 100_000_000;

/// How to start a stack.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where its schemas are made.
    pub database: Choice,
    /// Database connections of each service.
    pub connections: u32,
    /// Service, variable, value: beside the usual environment.
    pub extra: Vec<(&'static str, &'static str, String)>,
}

impl Options {
    /// For tests: on the test run's server, no rate limit, since all come from one address.
    ///
    /// # Panics
    /// Without `AIRSIDE_TEST_MYSQL_URL`.
    pub fn for_tests() -> Self {
        let url = std::env::var("AIRSIDE_TEST_MYSQL_URL").unwrap_or_else(|_| {
            panic!("AIRSIDE_TEST_MYSQL_URL is not set: run the tests with `cargo xtask test`")
        });
        Self {
            database: Choice::Given(url),
            connections: 12,
            extra: vec![("gateway", "RATE_LIMIT_MAX", "0".to_owned())],
        }
    }

    /// For tools: a durable server of its own; every limit is looked at, and nobody reaches one.
    pub fn durable() -> Self {
        let each = LIMITED.map(|policy| format!("{policy}={UNREACHED}/60s"));
        Self {
            database: Choice::Private,
            connections: 32,
            extra: vec![
                ("gateway", "RATE_LIMIT_MAX", UNREACHED.to_string()),
                ("gateway", "RATE_LIMITS", each.join(",")),
                ("gateway", "JWT_EXPIRY", "1d".to_owned()),
                ("booking", "MAX_UNPAID_HOLDS", "1000000".to_owned()),
            ],
        }
    }

    /// The same with one more variable for a service.
    pub fn with(mut self, service: &'static str, variable: &'static str, value: &str) -> Self {
        self.extra.push((service, variable, value.to_owned()));
        self
    }

    /// What a service gets beside the usual.
    pub fn extra_for(&self, service: &str) -> Vec<(String, String)> {
        let mine = self.extra.iter().filter(|(name, ..)| *name == service);
        mine.map(|(_, variable, value)| ((*variable).to_owned(), value.clone()))
            .collect()
    }
}
