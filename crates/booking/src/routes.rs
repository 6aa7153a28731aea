//! The table of booking's endpoints. Nothing else registers a route.

use contracts::role::ADMIN;
use service_kit::{
    http::{
        openapi::Operation,
        routes::{
            Access::{self, Open, Services, SignedIn},
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
    ui,
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
        .and(dashboard())
        .and(internal())
}

const ADMINS: Access = Access::Roles(&[ADMIN]);

#[rustfmt::skip]
fn dashboard() -> Routes<AppState, Undocumented> {
    Routes::internal()
        .get("/ui", Access::Page(&[ADMIN]), ui::page::page)
        .get("/ui/page/{file}", Open, ui::page::file)
        .post("/ui/signin", Open, ui::signin::sign_in)
        .post("/ui/refresh", Open, ui::signin::refresh)
        .post("/ui/signout", SignedIn, ui::signin::sign_out)
        .get("/ui/api/overview", ADMINS, ui::overview::overview)
        .get("/ui/api/events", ADMINS, ui::events::events)
        .get_by_query("/ui/api/audit", ADMINS, ui::list_audit)
        .get_by_query("/ui/api/queues/{queue}/jobs", ADMINS, ui::jobs::list)
        .get("/ui/api/queues/{queue}/jobs/{id}", ADMINS, ui::jobs::get)
        .post("/ui/api/queues/{queue}/jobs/{id}/retry", ADMINS, ui::actions::retry)
        .post("/ui/api/queues/{queue}/jobs/{id}/discard", ADMINS, ui::actions::discard)
        .post("/ui/api/queues/{queue}/replay", ADMINS, ui::actions::replay)
        .post("/ui/api/queues/{queue}/pause", ADMINS, ui::actions::pause)
        .post("/ui/api/queues/{queue}/resume", ADMINS, ui::actions::resume)
}

#[rustfmt::skip]
fn internal() -> Routes<AppState, Undocumented> {
    Routes::internal()
        .post("/internal/v1/users/{id}/erasure", Services(&["gateway"]), erasure::erase)
}
