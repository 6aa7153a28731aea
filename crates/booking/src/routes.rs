//! The table of booking's endpoints. Nothing else registers a route.

use service_kit::{
    http::routes::{Access, Routes},
    service::{ping, ping_health},
};

use crate::{
    AppState,
    bookings::{cancel, create, events, get, list},
    payments::pay,
};

/// Method, path, who may call it, handler. Whose bookings a signed-in caller may touch is checked
/// where the booking is read: their own, an administrator's all.
pub fn routes() -> Routes<AppState> {
    Routes::default()
        .get("/api/v1/ping", Access::Open, ping)
        .get("/api/v1/ping/health", Access::Open, ping_health)
        .post("/api/v1/booking", Access::SignedIn, create::create)
        .get_by_query("/api/v1/booking", Access::SignedIn, list::list)
        .post("/api/v1/booking/payments", Access::SignedIn, pay::pay)
        .get("/api/v1/booking/{id}", Access::SignedIn, get::get)
        .get(
            "/api/v1/booking/{id}/events",
            Access::SignedIn,
            events::events,
        )
        .post(
            "/api/v1/booking/{id}/cancel",
            Access::SignedIn,
            cancel::cancel,
        )
}
