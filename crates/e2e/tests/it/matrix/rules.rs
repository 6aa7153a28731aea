//! api.md's "Who may do what", route by route.

use service_kit::http::routes::Access;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// "ping, search, read inventory, sign up/in".
    Everybody,
    /// "book, pay, cancel, see bookings", and one's own account: whose is the handler's to check.
    SignedIn,
    /// "flights, airplanes, seats: write", "load of a flight": whose is the handler's to check.
    Airlines,
    /// "cities, airports, airlines: write", "users, roles, audit log, queue dashboard".
    Admins,
    /// "/internal/*", these.
    Services(&'static [&'static str]),
}

use May::{Admins, Airlines, Everybody, Services, SignedIn};

/// Who may, which service's, what. What api.md announces is classified before it is there.
const RULES: &[(May, &str, &[&str])] = &[
    (Everybody, "gateway", PING),
    (Everybody, "flights", PING),
    (Everybody, "booking", PING),
    (Everybody, "notification", PING),
    (Everybody, "payment-sandbox", PING),
    (
        Everybody,
        "gateway",
        &[
            "GET /.well-known/jwks.json",
            "GET /openapi.json",
            "GET /docs",
            "GET /docs/{file}",
            "POST /api/v1/signup",
            "POST /api/v1/signin",
            // What they bring instead of an access token is in the body.
            "POST /api/v1/token/refresh",
            "POST /api/v1/email/verify",
            "POST /api/v1/password/forgot",
            "POST /api/v1/password/reset",
        ],
    ),
    (
        SignedIn,
        "gateway",
        &[
            "GET /api/v1",
            "GET /api/v1/{id}",
            "GET /api/v1/me",
            "PATCH /api/v1/me",
            "DELETE /api/v1/me",
            "PUT /api/v1/me/password",
            "POST /api/v1/email/verification",
            "POST /api/v1/signout",
            "POST /api/v1/signout/all",
            "GET /api/v1/sessions",
            "DELETE /api/v1/sessions/{id}",
        ],
    ),
    (
        Admins,
        "gateway",
        &[
            "POST /api/v1/role",
            "GET /api/v1/users",
            "PATCH /api/v1/users/{id}",
            "DELETE /api/v1/users/{id}/roles/{role}",
            "GET /api/v1/audit",
        ],
    ),
    (
        Everybody,
        "flights",
        &[
            "GET /api/v1/city",
            "GET /api/v1/city/{id}",
            "GET /api/v1/airport",
            "GET /api/v1/airport/{id}",
            "GET /api/v1/airline",
            "GET /api/v1/airplane",
            "GET /api/v1/airplane/{id}",
            "GET /api/v1/airplane/{id}/seat",
            "GET /api/v1/flight",
            "GET /api/v1/flight/{id}",
        ],
    ),
    (
        Airlines,
        "flights",
        &[
            "POST /api/v1/airplane",
            "PUT /api/v1/airplane",
            "PATCH /api/v1/airplane",
            "PUT /api/v1/airplane/{id}",
            "PATCH /api/v1/airplane/{id}",
            "DELETE /api/v1/airplane/{id}",
            "POST /api/v1/airplane/{id}/seat",
            "DELETE /api/v1/airplane/{id}/seat/{seatId}",
            "POST /api/v1/flight",
            "PUT /api/v1/flight/{id}",
            "PATCH /api/v1/flight/{id}",
            "DELETE /api/v1/flight/{id}",
            "PATCH /api/v1/flight/{id}/seats",
            "GET /api/v1/flight/{id}/load",
        ],
    ),
    (
        Admins,
        "flights",
        &[
            "POST /api/v1/city",
            "PUT /api/v1/city",
            "PATCH /api/v1/city",
            "PUT /api/v1/city/{id}",
            "PATCH /api/v1/city/{id}",
            "DELETE /api/v1/city/{id}",
            "POST /api/v1/airport",
            "PUT /api/v1/airport",
            "PATCH /api/v1/airport",
            "PUT /api/v1/airport/{id}",
            "PATCH /api/v1/airport/{id}",
            "DELETE /api/v1/airport/{id}",
            "POST /api/v1/airline",
        ],
    ),
    (
        Services(&["booking"]),
        "flights",
        &[
            "PUT /internal/v1/holds/{holdId}",
            "POST /internal/v1/holds/{holdId}/sell",
            "DELETE /internal/v1/holds/{holdId}",
        ],
    ),
    (
        SignedIn,
        "booking",
        &[
            "GET /api/v1/booking",
            "POST /api/v1/booking",
            "POST /api/v1/booking/payments",
            "GET /api/v1/booking/{id}",
            "GET /api/v1/booking/{id}/events",
            "POST /api/v1/booking/{id}/cancel",
        ],
    ),
    (
        Admins,
        "booking",
        &[
            // For browsers, too, that open it to sign in: `ui.rs` tests that.
            "GET /ui",
            "GET /ui/api/overview",
            "GET /ui/api/events",
            "GET /ui/api/audit",
            "GET /ui/api/queues/{queue}/jobs",
            "GET /ui/api/queues/{queue}/jobs/{id}",
            "POST /ui/api/queues/{queue}/jobs/{id}/retry",
            "POST /ui/api/queues/{queue}/jobs/{id}/discard",
            "POST /ui/api/queues/{queue}/replay",
            "POST /ui/api/queues/{queue}/pause",
            "POST /ui/api/queues/{queue}/resume",
        ],
    ),
    (
        Everybody,
        "booking",
        &[
            // What the page is made of, and where it signs in on booking's own port.
            "GET /ui/page/{file}",
            "POST /ui/signin",
            "POST /ui/refresh",
        ],
    ),
    (SignedIn, "booking", &["POST /ui/signout"]),
    (
        Services(&["gateway"]),
        "booking",
        &["POST /internal/v1/users/{id}/erasure"],
    ),
    (
        Services(&["gateway"]),
        "notification",
        &["POST /internal/v1/users/{id}/erasure"],
    ),
    (
        Services(&["booking", "gateway"]),
        "notification",
        &["POST /internal/v1/deliveries/query"],
    ),
    (
        Services(&["booking"]),
        "notification",
        &[
            "GET /internal/v1/deliveries/state",
            "POST /internal/v1/deliveries/list",
            "POST /internal/v1/deliveries/replay",
            "PUT /internal/v1/deliveries/pause",
            "DELETE /internal/v1/deliveries/pause",
            "GET /internal/v1/deliveries/{jobId}",
            "POST /internal/v1/deliveries/{jobId}/retry",
            "POST /internal/v1/deliveries/{jobId}/discard",
        ],
    ),
    (
        Services(&["booking"]),
        "payment-sandbox",
        &[
            "POST /internal/v1/charges",
            "GET /internal/v1/charges/{id}",
            "POST /internal/v1/charges/{id}/void",
            "POST /internal/v1/charges/{id}/refund",
        ],
    ),
];

const PING: &[&str] = &["GET /api/v1/ping", "GET /api/v1/ping/health"];

/// Who may send this request (`GET /api/v1/flight/{id}`) to this service; `None` is undecided.
pub fn who_may(service: &str, request: &str) -> Option<May> {
    let mine = RULES.iter().filter(|(_, name, _)| *name == service);
    let mut rows = mine.filter(|(.., requests)| requests.contains(&request));
    let row = rows.next();
    assert_eq!(rows.next(), None, "{request} of {service} is in two rows");
    row.map(|(may, ..)| *may)
}

impl May {
    /// Whether a table of routes says the same. Of the gateway's no answer shows it: the service
    /// behind refuses too.
    pub fn is(self, access: Access) -> bool {
        match access {
            Access::Open => self == Everybody,
            Access::SignedIn => self == SignedIn,
            Access::Roles(["ADMIN"]) | Access::Page(["ADMIN"]) => self == Admins,
            Access::Roles(["FLIGHT_COMPANY", "ADMIN"]) => self == Airlines,
            Access::Services(names) => self == Services(names),
            Access::Roles(_) | Access::Page(_) => false,
        }
    }
}
