//! A flight as one row with its airplane, airports and cities.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Flight;
use crate::{
    airplanes::AirplaneDetails,
    airports::{AirportDetails, CityName},
    zones,
};

/// Selects [`FlightRow`]s of `FROM` flights `f` with [`JOINS`]; what `FROM` names first is read first.
pub const COLUMNS: &str = "SELECT STRAIGHT_JOIN f.id, f.flightNumber, f.airline, f.airplaneId, \
    p.modelNumber, p.capacity, p.airline AS airplaneAirline, \
    f.departureAirportId, d.id AS dId, d.name AS dName, d.address AS dAddress, \
    d.cityId AS dCityId, dc.city AS dCity, d.country AS dCountry, d.latitude AS dLatitude, \
    d.longitude AS dLongitude, d.timezone AS dTimezone, \
    f.arrivalAirportId, a.id AS aId, a.name AS aName, a.address AS aAddress, \
    a.cityId AS aCityId, ac.city AS aCity, a.country AS aCountry, a.latitude AS aLatitude, \
    a.longitude AS aLongitude, a.timezone AS aTimezone, \
    f.departureTime, f.arrivalTime, f.price, f.currency, f.boardingGate, f.totalSeats, \
    f.availableSeats, f.createdAt, f.updatedAt";

/// Joins what flights `f` refer to.
pub const JOINS: &str = " JOIN Airplane p ON p.id = f.airplaneId \
    JOIN Airport d ON d.code = f.departureAirportId JOIN Cities dc ON dc.id = d.cityId \
    JOIN Airport a ON a.code = f.arrivalAirportId JOIN Cities ac ON ac.id = a.cityId";

/// What [`COLUMNS`] gives: `d_` is the departure airport, `a_` the arrival airport.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct FlightRow {
    pub(super) id: i64,
    pub(super) flight_number: String,
    airline: String,
    airplane_id: i64,
    model_number: String,
    capacity: i32,
    airplane_airline: Option<String>,
    departure_airport_id: String,
    d_id: i64,
    d_name: String,
    d_address: Option<String>,
    d_city_id: i64,
    d_city: String,
    d_country: String,
    d_latitude: f64,
    d_longitude: f64,
    d_timezone: String,
    arrival_airport_id: String,
    a_id: i64,
    a_name: String,
    a_address: Option<String>,
    a_city_id: i64,
    a_city: String,
    a_country: String,
    a_latitude: f64,
    a_longitude: f64,
    a_timezone: String,
    pub(super) departure_time: DateTime<Utc>,
    pub(super) arrival_time: DateTime<Utc>,
    pub(super) price: i64,
    currency: String,
    boarding_gate: Option<String>,
    pub(super) total_seats: i32,
    pub(super) available_seats: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<FlightRow> for Flight {
    fn from(row: FlightRow) -> Self {
        let departure_local = zones::local(row.departure_time, zones::named(&row.d_timezone));
        let arrival_local = zones::local(row.arrival_time, zones::named(&row.a_timezone));
        Self {
            id: row.id,
            flight_number: row.flight_number,
            airline: row.airline,
            airplane_id: row.airplane_id,
            airplane: AirplaneDetails {
                id: row.airplane_id,
                model_number: row.model_number,
                capacity: row.capacity,
                airline: row.airplane_airline,
            },
            departure_airport: AirportDetails {
                id: row.d_id,
                code: row.departure_airport_id.clone(),
                name: row.d_name,
                address: row.d_address,
                city_id: row.d_city_id,
                city: CityName {
                    id: row.d_city_id,
                    city: row.d_city,
                },
                country: row.d_country,
                latitude: row.d_latitude,
                longitude: row.d_longitude,
                timezone: row.d_timezone,
            },
            arrival_airport: AirportDetails {
                id: row.a_id,
                code: row.arrival_airport_id.clone(),
                name: row.a_name,
                address: row.a_address,
                city_id: row.a_city_id,
                city: CityName {
                    id: row.a_city_id,
                    city: row.a_city,
                },
                country: row.a_country,
                latitude: row.a_latitude,
                longitude: row.a_longitude,
                timezone: row.a_timezone,
            },
            departure_airport_id: row.departure_airport_id,
            arrival_airport_id: row.arrival_airport_id,
            departure_time: row.departure_time,
            arrival_time: row.arrival_time,
            departure_local,
            arrival_local,
            price: row.price,
            currency: row.currency,
            boarding_gate: row.boarding_gate,
            total_seats: row.total_seats,
            available_seats: row.available_seats,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
