//! The table of routes.

use service_kit::{
    http::{
        openapi::Operation,
        routes::{Access, Routes, Undocumented},
    },
    service::{ping, ping_health},
};

use crate::{
    AppState,
    deliveries::{erasure, operating, query},
};

/// Booking, where administrators work the queues.
const DASHBOARD: Access = Access::Services(&["booking"]);

/// Method, path, who may call it, handler, what the document says of it.
#[rustfmt::skip]
pub fn routes() -> Routes<AppState> {
    let doc = Operation::new;
    Routes::default()
        .under("Health")
        .get("/api/v1/ping", Access::Open, ping, doc("pingNotification", "Whether notification answers"))
        .get("/api/v1/ping/health", Access::Open, ping_health, doc("pingNotificationHealth", "Whether notification answers"))
        .and(internal())
}

#[rustfmt::skip]
fn internal() -> Routes<AppState, Undocumented> {
    Routes::internal()
        .post("/internal/v1/deliveries/query", Access::Services(&["booking", "gateway"]), query::handler)
        .get("/internal/v1/deliveries/state", DASHBOARD, operating::state)
        .post("/internal/v1/deliveries/list", DASHBOARD, operating::list)
        .post("/internal/v1/deliveries/replay", DASHBOARD, operating::replay)
        .put("/internal/v1/deliveries/pause", DASHBOARD, operating::pause)
        .delete("/internal/v1/deliveries/pause", DASHBOARD, operating::resume)
        .get("/internal/v1/deliveries/{jobId}", DASHBOARD, operating::get)
        .post("/internal/v1/deliveries/{jobId}/retry", DASHBOARD, operating::retry)
        .post("/internal/v1/deliveries/{jobId}/discard", DASHBOARD, operating::discard)
        .post("/internal/v1/users/{id}/erasure", Access::Services(&["gateway"]), erasure::handler)
}
