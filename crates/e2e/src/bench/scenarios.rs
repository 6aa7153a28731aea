//! What is measured, each as the requests of one connection.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{data::Flights, http1, load::Script};

const BOOKING: &str = "/bookingService/api/v1/booking";
const PAYMENTS: &str = "/bookingService/api/v1/booking/payments";

/// A signed-up customer.
#[derive(Clone, Debug)]
pub struct User {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Access token.
    pub token: String,
}

/// A booking that waits to be paid, and whose it is.
#[derive(Clone, Debug)]
pub struct Unpaid {
    user: usize,
    booking: Value,
}

/// Bookings that wait to be paid.
pub type Basket = Arc<Mutex<Vec<Unpaid>>>;

/// Something to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Ping of flights through the gateway.
    Ping,
    /// Search by route and date through the gateway.
    Search,
    /// The same at flights itself.
    Flights,
    /// One seat on a random flight.
    Booking,
    /// One seat on always the same flight.
    Hot,
    /// Payment of a booking made before.
    Payment,
    /// Sign-in.
    Signin,
}

impl Scenario {
    /// All in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Ping,
        Self::Search,
        Self::Flights,
        Self::Booking,
        Self::Hot,
        Self::Payment,
        Self::Signin,
    ];

    /// Name on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Search => "search",
            Self::Flights => "flights",
            Self::Booking => "booking",
            Self::Hot => "hot",
            Self::Payment => "payment",
            Self::Signin => "signin",
        }
    }

    /// What the Node original reached on such a machine: connections, requests a second.
    pub fn original(self, flights: usize) -> Option<(usize, f64)> {
        match self {
            Self::Ping => Some((16, 1_492.0)),
            Self::Search if flights >= 300_000 => Some((16, 9.0)),
            Self::Search => Some((16, 187.0)),
            Self::Booking => Some((16, 96.0)),
            Self::Payment => Some((1, 61.0)),
            Self::Signin => Some((16, 11.0)),
            Self::Flights | Self::Hot => None,
        }
    }

    /// The script of connection number `at`.
    pub fn script(self, at: usize, flights: &Flights, users: &[User], basket: &Basket) -> Script {
        let user = users[at % users.len()].clone();
        match self {
            Self::Ping => same(request("GET", "/flightsService/api/v1/ping", "", ""), 200),
            Self::Search => search("/flightsService/api/v1/flight", flights.clone()),
            Self::Flights => search("/api/v1/flight", flights.clone()),
            Self::Booking => {
                let flights = flights.clone();
                book(&user, move || flights.random(), |_| ())
            }
            Self::Hot => {
                let hot = flights.hot;
                book(&user, move || hot, |_| ())
            }
            Self::Payment => pay(users, Arc::clone(basket)),
            Self::Signin => {
                let credentials = json!({"email": user.email, "password": user.password});
                same(
                    request("POST", "/api/v1/signin", "", &credentials.to_string()),
                    200,
                )
            }
        }
    }
}

/// Fills the basket for [`Scenario::Payment`].
pub fn fill(at: usize, flights: &Flights, users: &[User], basket: &Basket) -> Script {
    let (flights, basket) = (flights.clone(), Arc::clone(basket));
    let user = at % users.len();
    let keep = move |booking: Value| lock(&basket).push(Unpaid { user, booking });
    book(&users[user], move || flights.random(), keep)
}

fn lock(basket: &Basket) -> std::sync::MutexGuard<'_, Vec<Unpaid>> {
    basket.lock().expect("invariant: no panic under the lock")
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let mut out = vec![];
    http1::write(&mut out, method, path, headers, body);
    out
}

fn same(request: Vec<u8>, status: u16) -> Script {
    Script {
        next: Box::new(move |out| {
            out.extend_from_slice(&request);
            true
        }),
        check: Box::new(move |got, _| got == status),
    }
}

/// An answer without a flight is wrong: every search here has one or two.
fn search(path: &'static str, flights: Flights) -> Script {
    Script {
        next: Box::new(move |out| {
            let query = flights.random_search();
            http1::write(out, "GET", &format!("{path}?{query}"), "", "");
            true
        }),
        check: Box::new(|status, body| {
            status == 200 && body.windows(14).any(|w| w == b"\"flightNumber\"")
        }),
    }
}

fn book(
    user: &User,
    flight: impl Fn() -> i64 + Send + 'static,
    booked: impl Fn(Value) + Send + 'static,
) -> Script {
    let headers = http1::bearer(&user.token);
    Script {
        next: Box::new(move |out| {
            let body = json!({"flightId": flight(), "noOfSeats": 1}).to_string();
            http1::write(out, "POST", BOOKING, &headers, &body);
            true
        }),
        check: Box::new(move |status, body| {
            let answer: Value = serde_json::from_slice(body).unwrap_or_default();
            let right = status == 201 && answer["data"]["id"].is_i64();
            if right {
                booked(answer["data"].clone());
            }
            right
        }),
    }
}

/// Ends when the basket is empty.
fn pay(users: &[User], basket: Basket) -> Script {
    let headers: Vec<_> = users
        .iter()
        .map(|user| http1::bearer(&user.token))
        .collect();
    Script {
        next: Box::new(move |out| {
            let Some(unpaid) = lock(&basket).pop() else {
                return false;
            };
            let (id, cost) = (&unpaid.booking["id"], &unpaid.booking["totalCost"]);
            let headers = format!("{}x-idempotency-key: bench-{id}\r\n", headers[unpaid.user]);
            let body = json!({"bookingId": id, "totalCost": cost}).to_string();
            http1::write(out, "POST", PAYMENTS, &headers, &body);
            true
        }),
        check: Box::new(|status, _| status == 200),
    }
}
