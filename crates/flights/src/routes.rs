//! The table of routes.

use contracts::role::{ADMIN, FLIGHT_COMPANY};
use service_kit::{
    http::routes::{
        Access::{self, Open},
        Routes,
    },
    service::{ping, ping_health},
};

use crate::{AppState, airlines, airplanes, airports, cities, flights, holds, seats};

const ADMINS: Access = Access::Roles(&[ADMIN]);
/// What an airline's people may touch is decided by [`crate::scope::Scope`] in the handlers.
const COMPANY: Access = Access::Roles(&[FLIGHT_COMPANY, ADMIN]);
const BOOKING: Access = Access::Services(&["booking"]);

/// Method, path, who may call it, handler.
#[rustfmt::skip]
pub fn routes() -> Routes<AppState> {
    Routes::default()
        .get("/api/v1/ping", Open, ping)
        .get("/api/v1/ping/health", Open, ping_health)

        .post("/api/v1/city", ADMINS, cities::create::handler)
        .get_by_query("/api/v1/city", Open, cities::list::handler)
        .put("/api/v1/city", ADMINS, cities::update::by_body)
        .patch("/api/v1/city", ADMINS, cities::update::by_body)
        .get("/api/v1/city/{id}", Open, cities::get::handler)
        .put("/api/v1/city/{id}", ADMINS, cities::update::by_path)
        .patch("/api/v1/city/{id}", ADMINS, cities::update::by_path)
        .delete("/api/v1/city/{id}", ADMINS, cities::delete::handler)

        .post("/api/v1/airport", ADMINS, airports::create::handler)
        .get_by_query("/api/v1/airport", Open, airports::list::handler)
        .put("/api/v1/airport", ADMINS, airports::update::by_body)
        .patch("/api/v1/airport", ADMINS, airports::update::by_body)
        .get("/api/v1/airport/{id}", Open, airports::get::handler)
        .put("/api/v1/airport/{id}", ADMINS, airports::update::by_path)
        .patch("/api/v1/airport/{id}", ADMINS, airports::update::by_path)
        .delete("/api/v1/airport/{id}", ADMINS, airports::delete::handler)

        .get_by_query("/api/v1/airline", Open, airlines::list::handler)
        .post("/api/v1/airline", ADMINS, airlines::create::handler)

        .post("/api/v1/airplane", COMPANY, airplanes::create::handler)
        .get_by_query("/api/v1/airplane", Open, airplanes::list::handler)
        .put("/api/v1/airplane", COMPANY, airplanes::update::by_body)
        .patch("/api/v1/airplane", COMPANY, airplanes::update::by_body)
        .get("/api/v1/airplane/{id}", Open, airplanes::get::handler)
        .put("/api/v1/airplane/{id}", COMPANY, airplanes::update::by_path)
        .patch("/api/v1/airplane/{id}", COMPANY, airplanes::update::by_path)
        .delete("/api/v1/airplane/{id}", COMPANY, airplanes::delete::handler)
        .get_by_query("/api/v1/airplane/{id}/seat", Open, seats::list::handler)
        .post("/api/v1/airplane/{id}/seat", COMPANY, seats::create::handler)
        .delete("/api/v1/airplane/{id}/seat/{seatId}", COMPANY, seats::delete::handler)

        .post("/api/v1/flight", COMPANY, flights::create::handler)
        .get_by_query("/api/v1/flight", Open, flights::search::handler)
        .get("/api/v1/flight/{id}", Open, flights::get::handler)
        .put("/api/v1/flight/{id}", COMPANY, flights::update::handler)
        .patch("/api/v1/flight/{id}", COMPANY, flights::update::handler)
        .delete("/api/v1/flight/{id}", COMPANY, flights::delete::handler)
        .patch("/api/v1/flight/{id}/seats", COMPANY, flights::seats::handler)
        .get("/api/v1/flight/{id}/load", COMPANY, flights::load::handler)

        .put("/internal/v1/holds/{holdId}", BOOKING, holds::put::handler)
        .post("/internal/v1/holds/{holdId}/sell", BOOKING, holds::sell::handler)
        .delete("/internal/v1/holds/{holdId}", BOOKING, holds::release::handler)
}
