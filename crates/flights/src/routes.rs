//! The table of routes.

use contracts::role::{ADMIN, FLIGHT_COMPANY};
use service_kit::{
    http::{
        openapi::Operation,
        routes::{
            Access::{self, Open},
            Routes, Undocumented,
        },
    },
    service::{ping, ping_health},
};

use crate::{AppState, airlines, airplanes, airports, cities, flights, holds, seats};

const ADMINS: Access = Access::Roles(&[ADMIN]);
/// What an airline's people may touch is decided by [`crate::scope::Scope`] in the handlers.
const COMPANY: Access = Access::Roles(&[FLIGHT_COMPANY, ADMIN]);
const BOOKING: Access = Access::Services(&["booking"]);

/// Method, path, who may call it, handler, what the document says of it.
pub fn routes() -> Routes<AppState> {
    public().and(internal())
}

#[rustfmt::skip]
fn public() -> Routes<AppState> {
    let doc = Operation::new;
    Routes::default()
        .under("Flights")
        .post("/api/v1/flight", COMPANY, flights::create::handler, flights::create::doc())
        .get_by_query("/api/v1/flight", Open, flights::search::handler, flights::search::doc())
        .get("/api/v1/flight/{id}", Open, flights::get::handler, doc("getFlight", "A flight, departed or not"))
        .put("/api/v1/flight/{id}", COMPANY, flights::update::handler, flights::update::doc("putFlight"))
        .patch("/api/v1/flight/{id}", COMPANY, flights::update::handler, flights::update::doc("updateFlight"))
        .delete("/api/v1/flight/{id}", COMPANY, flights::delete::handler, flights::delete::doc())
        .patch("/api/v1/flight/{id}/seats", COMPANY, flights::seats::handler, flights::seats::doc())
        .get("/api/v1/flight/{id}/load", COMPANY, flights::load::handler, doc("getFlightLoad", "How well a flight sells"))

        .under("Cities")
        .post("/api/v1/city", ADMINS, cities::create::handler, cities::create::doc())
        .get_by_query("/api/v1/city", Open, cities::list::handler, doc("listCities", "Cities by id"))
        .put("/api/v1/city", ADMINS, cities::update::by_body, cities::update::doc_by_body("putCityByBody"))
        .patch("/api/v1/city", ADMINS, cities::update::by_body, cities::update::doc_by_body("updateCityByBody"))
        .get("/api/v1/city/{id}", Open, cities::get::handler, doc("getCity", "A city"))
        .put("/api/v1/city/{id}", ADMINS, cities::update::by_path, cities::update::doc("putCity"))
        .patch("/api/v1/city/{id}", ADMINS, cities::update::by_path, cities::update::doc("updateCity"))
        .delete("/api/v1/city/{id}", ADMINS, cities::delete::handler, cities::delete::doc())

        .under("Airports")
        .post("/api/v1/airport", ADMINS, airports::create::handler, airports::create::doc())
        .get_by_query("/api/v1/airport", Open, airports::list::handler, doc("listAirports", "Airports by id, or by city, name and code"))
        .put("/api/v1/airport", ADMINS, airports::update::by_body, airports::update::doc_by_body("putAirportByBody"))
        .patch("/api/v1/airport", ADMINS, airports::update::by_body, airports::update::doc_by_body("updateAirportByBody"))
        .get("/api/v1/airport/{id}", Open, airports::get::handler, doc("getAirport", "An airport"))
        .put("/api/v1/airport/{id}", ADMINS, airports::update::by_path, airports::update::doc("putAirport"))
        .patch("/api/v1/airport/{id}", ADMINS, airports::update::by_path, airports::update::doc("updateAirport"))
        .delete("/api/v1/airport/{id}", ADMINS, airports::delete::handler, airports::delete::doc())

        .under("Airlines")
        .get_by_query("/api/v1/airline", Open, airlines::list::handler, doc("listAirlines", "Airlines by designator"))
        .post("/api/v1/airline", ADMINS, airlines::create::handler, airlines::create::doc())

        .under("Airplanes")
        .post("/api/v1/airplane", COMPANY, airplanes::create::handler, airplanes::create::doc())
        .get_by_query("/api/v1/airplane", Open, airplanes::list::handler, doc("listAirplanes", "Airplanes by id"))
        .put("/api/v1/airplane", COMPANY, airplanes::update::by_body, airplanes::update::doc_by_body("putAirplaneByBody"))
        .patch("/api/v1/airplane", COMPANY, airplanes::update::by_body, airplanes::update::doc_by_body("updateAirplaneByBody"))
        .get("/api/v1/airplane/{id}", Open, airplanes::get::handler, doc("getAirplane", "An airplane"))
        .put("/api/v1/airplane/{id}", COMPANY, airplanes::update::by_path, airplanes::update::doc("putAirplane"))
        .patch("/api/v1/airplane/{id}", COMPANY, airplanes::update::by_path, airplanes::update::doc("updateAirplane"))
        .delete("/api/v1/airplane/{id}", COMPANY, airplanes::delete::handler, airplanes::delete::doc())
        .get_by_query("/api/v1/airplane/{id}/seat", Open, seats::list::handler, doc("listSeats", "Seats of an airplane, from the front"))
        .post("/api/v1/airplane/{id}/seat", COMPANY, seats::create::handler, seats::create::doc())
        .delete("/api/v1/airplane/{id}/seat/{seatId}", COMPANY, seats::delete::handler, doc("deleteSeat", "Take a seat out of an airplane"))

        .under("Health")
        .get("/api/v1/ping", Open, ping, doc("pingFlights", "Whether flights answers"))
        .get("/api/v1/ping/health", Open, ping_health, doc("pingFlightsHealth", "Whether flights answers"))
}

#[rustfmt::skip]
fn internal() -> Routes<AppState, Undocumented> {
    Routes::internal()
        .put("/internal/v1/holds/{holdId}", BOOKING, holds::put::handler)
        .post("/internal/v1/holds/{holdId}/sell", BOOKING, holds::sell::handler)
        .delete("/internal/v1/holds/{holdId}", BOOKING, holds::release::handler)
}
