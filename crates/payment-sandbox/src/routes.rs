//! The table of routes. Clients do not see it, so the API's document does not have it.

use service_kit::{
    http::routes::{Access, Routes, Undocumented},
    service::{ping, ping_health},
};

use crate::{
    AppState,
    charges::{charge, get, refund, void},
};

const BOOKING: Access = Access::Services(&["booking"]);

/// Method, path, who may call it, handler.
#[rustfmt::skip]
pub fn routes() -> Routes<AppState, Undocumented> {
    Routes::internal()
        .get("/api/v1/ping", Access::Open, ping)
        .get("/api/v1/ping/health", Access::Open, ping_health)
        .post("/internal/v1/charges", BOOKING, charge::handler)
        .get("/internal/v1/charges/{id}", BOOKING, get::handler)
        .post("/internal/v1/charges/{id}/void", BOOKING, void::handler)
        .post("/internal/v1/charges/{id}/refund", BOOKING, refund::handler)
}
