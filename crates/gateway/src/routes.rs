//! The table of everything that can be asked here: method, path, who may, who answers, what the
//! API's document says of it. Nothing else exists; the services behind check again.

use contracts::role::{ADMIN, FLIGHT_COMPANY};
use service_kit::{
    http::{
        openapi::Operation,
        routes::{Access, Routes, Undocumented},
    },
    service::{ping, ping_health},
};

use crate::{
    AppState,
    accounts::{
        audit, erasure, forgotten, get, password, profile, reset, role, sessions, signin, signup,
        tokens, users, verification,
    },
    limits::Policy,
    proxy::{booking, flights, notification},
    reference,
};

const OPEN: Access = Access::Open;
const SIGNED_IN: Access = Access::SignedIn;
const ADMINS: Access = Access::Roles(&[ADMIN]);
/// Which airline's is for flights to check.
const AIRLINES: Access = Access::Roles(&[FLIGHT_COMPANY, ADMIN]);

const SEARCH: &str = Policy::Search.name();
const BOOKING: &str = Policy::Booking.name();
const SIGN_IN: &str = Policy::SignIn.name();
const SIGN_UP: &str = Policy::SignUp.name();
const REFRESH: &str = Policy::Refresh.name();
const PASSWORD: &str = Policy::Password.name();
const MAIL_LINK: &str = Policy::MailLink.name();

/// The table. A route without a limit of its own has the default one.
pub fn routes() -> Routes<AppState> {
    own().and(handed_on())
}

/// What the gateway answers itself.
#[rustfmt::skip]
pub fn own() -> Routes<AppState> {
    let doc = Operation::new;
    Routes::default()
        .under("Accounts")
        .post("/api/v1/signup", OPEN, signup::signup, signup::doc()).limited(SIGN_UP)
        .get("/api/v1", SIGNED_IN, get::me, doc("getMeAtRoot", "Your account"))
        .get("/api/v1/me", SIGNED_IN, get::me, doc("getMe", "Your account"))
        .patch("/api/v1/me", SIGNED_IN, profile::update, profile::doc()).limited(PASSWORD)
        .delete("/api/v1/me", SIGNED_IN, erasure::erase, erasure::doc()).limited(PASSWORD)
        .put("/api/v1/me/password", SIGNED_IN, password::change, password::doc()).limited(PASSWORD)
        .get("/api/v1/{id}", SIGNED_IN, get::by_id, get::doc())
        .post("/api/v1/email/verify", OPEN, verification::verify, verification::verify_doc()).limited(MAIL_LINK)
        .post("/api/v1/email/verification", SIGNED_IN, verification::ask_again, verification::ask_doc()).limited(MAIL_LINK)
        .post("/api/v1/password/forgot", OPEN, forgotten::forgot, forgotten::doc()).limited(MAIL_LINK)
        .post("/api/v1/password/reset", OPEN, reset::reset, reset::doc()).limited(MAIL_LINK)

        .under("Sessions")
        .post("/api/v1/signin", OPEN, signin::signin, signin::doc()).limited(SIGN_IN)
        .post("/api/v1/token/refresh", OPEN, sessions::refresh::refresh, sessions::refresh::doc()).limited(REFRESH)
        .post("/api/v1/signout", SIGNED_IN, sessions::end::sign_out, doc("signOut", "End the session of the token"))
        .post("/api/v1/signout/all", SIGNED_IN, sessions::end::sign_out_all, doc("signOutEverywhere", "End all your sessions"))
        .get_by_query("/api/v1/sessions", SIGNED_IN, sessions::list::list, doc("listSessions", "Where you are signed in, newest first"))
        .delete("/api/v1/sessions/{id}", SIGNED_IN, sessions::end::end_one, sessions::end::end_doc())

        .under("Administration")
        .post("/api/v1/role", ADMINS, role::give, role::doc())
        .get_by_query("/api/v1/users", ADMINS, users::list, doc("listUsers", "Accounts by part of address or name"))
        .patch("/api/v1/users/{id}", ADMINS, users::disable, users::change_doc())
        .delete("/api/v1/users/{id}/roles/{role}", ADMINS, users::revoke, users::revoke_doc())
        .get_by_query("/api/v1/audit", ADMINS, audit::list, doc("listAudit", "Who changed what of whom, newest first"))

        .under("Reference")
        .get("/openapi.json", OPEN, reference::document, reference::document_doc())
        .get("/docs", OPEN, reference::page, reference::page_doc())
        .get("/docs/{file}", OPEN, reference::file, reference::file_doc())
        .get("/.well-known/jwks.json", OPEN, tokens::jwks, doc("getKeys", "Public keys of access tokens (RFC 7517)"))

        .under("Health")
        .get("/api/v1/ping", OPEN, ping, doc("ping", "Whether the gateway answers"))
        .get("/api/v1/ping/health", OPEN, ping_health, doc("pingHealth", "Whether the gateway answers"))
}

/// What the services behind answer and document; they read the query strings.
#[rustfmt::skip]
fn handed_on() -> Routes<AppState, Undocumented> {
    Routes::handing_on()
        .get("/flightsService/api/v1/ping", OPEN, flights)
        .get("/flightsService/api/v1/ping/health", OPEN, flights)
        .get("/flightsService/api/v1/city", OPEN, flights)
        .get("/flightsService/api/v1/city/{id}", OPEN, flights)
        .post("/flightsService/api/v1/city", ADMINS, flights)
        .put("/flightsService/api/v1/city", ADMINS, flights)
        .patch("/flightsService/api/v1/city", ADMINS, flights)
        .put("/flightsService/api/v1/city/{id}", ADMINS, flights)
        .patch("/flightsService/api/v1/city/{id}", ADMINS, flights)
        .delete("/flightsService/api/v1/city/{id}", ADMINS, flights)
        .get("/flightsService/api/v1/airport", OPEN, flights)
        .get("/flightsService/api/v1/airport/{id}", OPEN, flights)
        .post("/flightsService/api/v1/airport", ADMINS, flights)
        .put("/flightsService/api/v1/airport", ADMINS, flights)
        .patch("/flightsService/api/v1/airport", ADMINS, flights)
        .put("/flightsService/api/v1/airport/{id}", ADMINS, flights)
        .patch("/flightsService/api/v1/airport/{id}", ADMINS, flights)
        .delete("/flightsService/api/v1/airport/{id}", ADMINS, flights)
        .get("/flightsService/api/v1/airline", OPEN, flights)
        .post("/flightsService/api/v1/airline", ADMINS, flights)
        .get("/flightsService/api/v1/airplane", OPEN, flights)
        .get("/flightsService/api/v1/airplane/{id}", OPEN, flights)
        .post("/flightsService/api/v1/airplane", AIRLINES, flights)
        .put("/flightsService/api/v1/airplane", AIRLINES, flights)
        .patch("/flightsService/api/v1/airplane", AIRLINES, flights)
        .put("/flightsService/api/v1/airplane/{id}", AIRLINES, flights)
        .patch("/flightsService/api/v1/airplane/{id}", AIRLINES, flights)
        .delete("/flightsService/api/v1/airplane/{id}", AIRLINES, flights)
        .get("/flightsService/api/v1/airplane/{id}/seat", OPEN, flights)
        .post("/flightsService/api/v1/airplane/{id}/seat", AIRLINES, flights)
        .delete("/flightsService/api/v1/airplane/{id}/seat/{seatId}", AIRLINES, flights)
        .get("/flightsService/api/v1/flight", OPEN, flights).limited(SEARCH)
        .get("/flightsService/api/v1/flight/{id}", OPEN, flights)
        .post("/flightsService/api/v1/flight", AIRLINES, flights)
        .put("/flightsService/api/v1/flight/{id}", AIRLINES, flights)
        .patch("/flightsService/api/v1/flight/{id}", AIRLINES, flights)
        .delete("/flightsService/api/v1/flight/{id}", AIRLINES, flights)
        .patch("/flightsService/api/v1/flight/{id}/seats", AIRLINES, flights)
        .get("/flightsService/api/v1/flight/{id}/load", AIRLINES, flights)

        .get("/bookingService/api/v1/ping", OPEN, booking)
        .get("/bookingService/api/v1/ping/health", OPEN, booking)
        .get("/bookingService/api/v1/booking", SIGNED_IN, booking)
        .post("/bookingService/api/v1/booking", SIGNED_IN, booking).limited(BOOKING)
        .post("/bookingService/api/v1/booking/payments", SIGNED_IN, booking).limited(BOOKING)
        .get("/bookingService/api/v1/booking/{id}", SIGNED_IN, booking)
        .get("/bookingService/api/v1/booking/{id}/events", SIGNED_IN, booking)
        .post("/bookingService/api/v1/booking/{id}/cancel", SIGNED_IN, booking).limited(BOOKING)

        .get("/bookingService/ui", Access::Page(&[ADMIN]), booking)
        .get("/bookingService/ui/page/{file}", OPEN, booking)
        .get("/bookingService/ui/api/overview", ADMINS, booking)
        .get("/bookingService/ui/api/events", ADMINS, booking)
        .get("/bookingService/ui/api/audit", ADMINS, booking)
        .get("/bookingService/ui/api/queues/{queue}/jobs", ADMINS, booking)
        .get("/bookingService/ui/api/queues/{queue}/jobs/{id}", ADMINS, booking)
        .post("/bookingService/ui/api/queues/{queue}/jobs/{id}/retry", ADMINS, booking)
        .post("/bookingService/ui/api/queues/{queue}/jobs/{id}/discard", ADMINS, booking)
        .post("/bookingService/ui/api/queues/{queue}/replay", ADMINS, booking)
        .post("/bookingService/ui/api/queues/{queue}/pause", ADMINS, booking)
        .post("/bookingService/ui/api/queues/{queue}/resume", ADMINS, booking)

        .get("/notificationService/api/v1/ping", OPEN, notification)
        .get("/notificationService/api/v1/ping/health", OPEN, notification)
}
