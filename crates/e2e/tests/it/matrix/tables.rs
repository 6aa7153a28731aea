//! The tables of routes of all services.

use std::sync::LazyLock;

use reqwest::Method;
use service_kit::http::routes::{Access, RouteInfo};

/// Where a request comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Where everybody's requests come in.
    Gateway,
    /// The service's own port.
    Direct,
}

/// One line of a table.
#[derive(Debug)]
pub struct Route {
    /// Whose it is in the end.
    pub service: &'static str,
    /// Method and path there: `GET /api/v1/flight/{id}`.
    pub request: &'static str,
    /// Whose table it is in.
    pub door: Door,
    /// Who may, as the table says.
    pub access: Access,
}

impl Route {
    /// Only for services.
    pub fn is_internal(&self) -> bool {
        self.request.contains(" /internal/")
    }

    /// Its method.
    pub fn method(&self) -> Method {
        let (method, _) = self.request.split_once(' ').unwrap();
        method.parse().unwrap()
    }

    /// Its path as the door has it, parameters in braces.
    pub fn path(&self) -> String {
        let (_, path) = self.request.split_once(' ').unwrap();
        let behind = PREFIXES.iter().find(|(name, _)| *name == self.service);
        match (self.door, behind) {
            (Door::Gateway, Some((_, prefix))) => format!("{prefix}{path}"),
            _ => path.to_owned(),
        }
    }
}

/// What is behind the gateway, and its paths' beginning there.
pub const PREFIXES: [(&str, &str); 3] = [
    ("flights", "/flightsService"),
    ("booking", "/bookingService"),
    ("notification", "/notificationService"),
];

/// All routes of all tables; the gateway's own once.
pub fn all() -> &'static [Route] {
    static ALL: LazyLock<Vec<Route>> = LazyLock::new(|| {
        let mut all = vec![];
        all.extend(gateway::routes::routes().table().iter().map(at_the_gateway));
        let mut add = |service, table: &[RouteInfo]| {
            all.extend(table.iter().map(|info| direct(service, info)));
        };
        add("flights", flights::routes::routes().table());
        add("booking", booking::routes::routes().table());
        add("notification", notification::routes::routes().table());
        add("payment-sandbox", payment_sandbox::routes::routes().table());
        all
    });
    &ALL
}

fn at_the_gateway(info: &RouteInfo) -> Route {
    let behind = PREFIXES
        .iter()
        .find_map(|(name, prefix)| Some((*name, info.path.strip_prefix(prefix)?)));
    let (service, path) = behind.unwrap_or(("gateway", info.path));
    Route {
        service,
        request: format!("{} {path}", info.method).leak(),
        door: Door::Gateway,
        access: info.access,
    }
}

fn direct(service: &'static str, info: &RouteInfo) -> Route {
    Route {
        service,
        request: format!("{} {}", info.method, info.path).leak(),
        door: Door::Direct,
        access: info.access,
    }
}
