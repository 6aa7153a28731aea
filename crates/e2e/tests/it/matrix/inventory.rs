//! An airline's people write what is their airline's.

use std::time::SystemTime;

use chrono::{DateTime, Days, Utc};
use e2e::traveller::id_of;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    callers::{
        AIRLINES,
        Caller::{
            self, Admin, AdminElsewhere, Anonymous, CompanyA, CompanyB, Customer, OtherCustomer,
            Service, ServiceElsewhere,
        },
        Cast,
    },
    resources::Desk,
    tables::Door,
};

/// Neither of them, nor who is not signed in.
const REFUSED: [(Caller, u16); 6] = [
    (Anonymous, 401),
    (Service, 401),
    (ServiceElsewhere, 401),
    (AdminElsewhere, 401),
    (Customer, 403),
    (OtherCustomer, 403),
];

#[tokio::test(flavor = "multi_thread")]
async fn through_the_gateway_an_airline_writes_its_own_only() {
    an_airline_writes_its_own_only(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn directly_an_airline_writes_its_own_only() {
    an_airline_writes_its_own_only(Door::Direct).await;
}

async fn an_airline_writes_its_own_only(door: Door) {
    let cast = Cast::assemble().await;
    let desk = Desk::of(&cast, "flights", door).await;
    let people = [(CompanyA, AIRLINES[0]), (CompanyB, AIRLINES[1])];
    for (own, rival) in [(people[0], people[1]), (people[1], people[0])] {
        writes_of_an_airline(&desk, own, rival).await;
    }
    shared_airplanes_are_the_administrators(&desk).await;
}

/// Creates, changes and deletes; before `own` may, all others may not and nothing has changed.
async fn writes_of_an_airline(desk: &Desk<'_>, own: (Caller, &str), rival: (Caller, &str)) {
    let (company, airline) = own;
    let refused = [&REFUSED[..], &[(rival.0, 403)]].concat();
    let plane = json!({"modelNumber": "A320", "capacity": 90, "airline": airline});
    let plane = desk
        .only(&refused, company, Method::POST, "/airplane", &plane)
        .await;
    assert_eq!(plane["airline"], airline);
    let rivals = json!({"modelNumber": "A320", "capacity": 90, "airline": rival.1});
    let rivals = desk.must(Admin, Method::POST, "/airplane", &rivals).await;
    let plane_at = format!("/airplane/{}", plane["id"]);

    for method in [Method::PUT, Method::PATCH] {
        let change = json!({"modelNumber": format!("A321 {method}")});
        desk.only_changes(&refused, company, &method, &plane_at, &change)
            .await;
        let by_body = json!({"id": plane["id"], "modelNumber": format!("A319 {method}")});
        desk.only(&refused, company, method.clone(), "/airplane", &by_body)
            .await;
        // Neither given away nor let go.
        for airline in [json!(rival.1), Value::Null] {
            let gift = json!({"airline": airline});
            desk.is(company, method.clone(), &plane_at, &gift, 403)
                .await;
        }
    }
    let seats_at = format!("{plane_at}/seat");
    let seat = json!({"row": 1, "col": "A", "type": "BUSINESS"});
    let seat = desk
        .only(&refused, company, Method::POST, &seats_at, &seat)
        .await;
    let seat_at = format!("{seats_at}/{}", seat["id"]);
    desk.only(&refused, company, Method::DELETE, &seat_at, &json!({}))
        .await;

    flights_of_an_airline(desk, own, &refused, &plane, &rivals).await;
    desk.only(&refused, company, Method::DELETE, &plane_at, &json!({}))
        .await;
}

async fn flights_of_an_airline(
    desk: &Desk<'_>,
    (company, airline): (Caller, &str),
    refused: &[(Caller, u16)],
    plane: &Value,
    rivals: &Value,
) {
    let day = DateTime::<Utc>::from(SystemTime::now()) + Days::new(120);
    let day = day.date_naive();
    // A number of its own for each run of this test; two doors run at once.
    let number = id_of(plane) % 10_000;
    let flight = json!({
        "flightNumber": format!("{airline}{number}"), "airplaneId": plane["id"],
        "departureAirportId": "SYD", "arrivalAirportId": "JFK", "price": 10_000,
        "departureTime": format!("{day}T08:00:00Z"), "arrivalTime": format!("{day}T23:00:00Z"),
        "totalSeats": 10,
    });
    for (field, value) in [
        ("airplaneId", rivals["id"].clone()),
        ("airline", rivals["airline"].clone()),
        (
            "flightNumber",
            json!(format!("{}{number}", rivals["airline"].as_str().unwrap())),
        ),
    ] {
        let mut with_rivals = flight.clone();
        with_rivals[field] = value;
        desk.is(company, Method::POST, "/flight", &with_rivals, 403)
            .await;
    }
    let flight = desk
        .only(refused, company, Method::POST, "/flight", &flight)
        .await;
    let at = format!("/flight/{}", flight["id"]);
    for method in [Method::PUT, Method::PATCH] {
        let change = json!({"price": 11_000, "boardingGate": method.as_str()});
        desk.only_changes(refused, company, &method, &at, &change)
            .await;
        let rivals_plane = json!({"airplaneId": rivals["id"]});
        desk.is(company, method, &at, &rivals_plane, 403).await;
    }
    let (seats, load) = (format!("{at}/seats"), format!("{at}/load"));
    let more = json!({"seats": 1, "dec": false});
    desk.only(refused, company, Method::PATCH, &seats, &more)
        .await;
    let none = json!({});
    desk.only(refused, company, Method::GET, &load, &none).await;
    let seen = desk.must(Admin, Method::GET, &load, &none).await;
    assert_eq!(seen["totalSeats"], 11, "{seen}");
    desk.must(Admin, Method::PATCH, &at, &json!({"price": 12_000}))
        .await;
    desk.only(refused, company, Method::DELETE, &at, &none)
        .await;
}

async fn shared_airplanes_are_the_administrators(desk: &Desk<'_>) {
    let refused = [&REFUSED[..], &[(CompanyA, 403), (CompanyB, 403)]].concat();
    let plane = json!({"modelNumber": "B777", "capacity": 300});
    let plane = desk.must(Admin, Method::POST, "/airplane", &plane).await;
    assert_eq!(plane["airline"], Value::Null, "{plane}");
    let at = format!("/airplane/{}", plane["id"]);
    let change = json!({"capacity": 301});
    desk.only_changes(&refused, Admin, &Method::PATCH, &at, &change)
        .await;
    for airline in AIRLINES {
        let taken = json!({"airline": airline});
        desk.is(CompanyA, Method::PATCH, &at, &taken, 403).await;
    }
    let seat = json!({"row": 1, "col": "A"});
    let seats = format!("{at}/seat");
    let seat = desk
        .only(&refused, Admin, Method::POST, &seats, &seat)
        .await;
    let seat = format!("{seats}/{}", seat["id"]);
    desk.only(&refused, Admin, Method::DELETE, &seat, &json!({}))
        .await;
    desk.only(&refused, Admin, Method::DELETE, &at, &json!({}))
        .await;
}
