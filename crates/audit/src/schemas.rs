//! Names of the five schemas.

/// What the schemas are called; tests put a prefix before the usual names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schemas {
    /// Seats.
    pub flights: String,
    /// Bookings, payments, the outbox.
    pub booking: String,
    /// Deliveries.
    pub notification: String,
    /// The provider's ledger.
    pub payments: String,
    /// Accounts.
    pub gateway: String,
}

impl Schemas {
    /// The usual names with a prefix, empty in production.
    pub fn with_prefix(prefix: &str) -> Self {
        let named = |name: &str| format!("{prefix}{name}");
        Self {
            flights: named("flights_booking"),
            booking: named("flights_dev"),
            notification: named("notification_dev"),
            payments: named("payment_sandbox"),
            gateway: named("api_gateway_db"),
        }
    }

    /// Puts the names into SQL that says `{booking}.Bookings`.
    pub fn fill(&self, sql: &str) -> String {
        let names = [
            ("{flights}", &self.flights),
            ("{booking}", &self.booking),
            ("{notification}", &self.notification),
            ("{payments}", &self.payments),
            ("{gateway}", &self.gateway),
        ];
        let quoted = |sql: String, (place, name): &(&str, &String)| {
            sql.replace(place, &format!("`{}`", name.replace('`', "")))
        };
        names.iter().fold(sql.to_owned(), quoted)
    }
}
