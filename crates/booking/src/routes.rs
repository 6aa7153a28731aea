//! The table of booking's endpoints. Nothing else registers a route.

use service_kit::{
    http::{
        openapi::Operation,
        routes::{
            Access::{Open, Services, SignedIn},
            Routes, Undocumented,
        },
    },
    service::{ping, ping_health},
};

use crate::{
    AppState,
    bookings::{cancel, create, events, get, list},
    erasure,
    payments::pay,
};

/// Method, path, who may call it, handler, what the document says of it. Whose bookings a signed-in
/// caller may touch is checked where the booking is read: their own, an administrator's all.
#[rustfmt::skip]
pub fn routes() -> Routes<AppState> {
    let doc = Operation::new;
    Routes::default()
        .under("Bookings")
        .post("/api/v1/booking", SignedIn, create::create, create::doc())
        .get_by_query("/api/v1/booking", SignedIn, list::list, doc("listBookings", "Your bookings, newest first"))
        .get("/api/v1/booking/{id}", SignedIn, get::get, doc("getBooking", "A booking"))
        .get("/api/v1/booking/{id}/events", SignedIn, events::events, doc("getBookingEvents", "The timeline of a booking"))
        .post("/api/v1/booking/{id}/cancel", SignedIn, cancel::cancel, cancel::doc())

        .under("Payments")
        .post("/api/v1/booking/payments", SignedIn, pay::pay, pay::doc())

        .under("Health")
        .get("/api/v1/ping", Open, ping, doc("pingBooking", "Whether booking answers"))
        .get("/api/v1/ping/health", Open, ping_health, doc("pingBookingHealth", "Whether booking answers"))
        .and(internal())
}

#[rustfmt::skip]
fn internal() -> Routes<AppState, Undocumented> {
    Routes::internal()
        .post("/internal/v1/users/{id}/erasure", Services(&["gateway"]), erasure::erase)
}
