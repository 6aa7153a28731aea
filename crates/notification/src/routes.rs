//! The table of routes.

use service_kit::{
    http::routes::{Access, Routes},
    service::{ping, ping_health},
};

use crate::{AppState, deliveries::query};

/// Method, path, who may call it, handler.
#[rustfmt::skip]
pub fn routes() -> Routes<AppState> {
    Routes::default()
        .get("/api/v1/ping", Access::Open, ping)
        .get("/api/v1/ping/health", Access::Open, ping_health)
        .post("/internal/v1/deliveries/query", Access::Services(&["booking"]), query::handler)
}
