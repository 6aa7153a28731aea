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
    deliveries::{erasure, query},
};

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
        .post("/internal/v1/users/{id}/erasure", Access::Services(&["gateway"]), erasure::handler)
}
