//! A customer's bookings and account are the customer's and the administrators'.

use e2e::traveller::id_of;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    callers::{
        Caller::{
            self, Admin, AdminElsewhere, Anonymous, CompanyA, CompanyB, Customer, OtherCustomer,
            Service, ServiceElsewhere,
        },
        Cast,
    },
    resources::Desk,
    tables::Door,
};
use crate::shared;

/// Who has no business with a customer's things: the signed-in do not learn that they are there.
const STRANGERS: [(Caller, u16); 7] = [
    (Anonymous, 401),
    (Service, 401),
    (ServiceElsewhere, 401),
    (AdminElsewhere, 401),
    (OtherCustomer, 404),
    (CompanyA, 404),
    (CompanyB, 404),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_its_buyers_and_the_administrators() {
    let cast = Cast::assemble().await;
    let flight = shared::flight(20).await;
    for door in [Door::Gateway, Door::Direct] {
        let desk = Desk::of(&cast, "booking", door).await;
        let paid = booked(&desk, flight).await;
        pays(&desk, &paid, Customer).await;
        ends(&desk, &paid, Customer).await;
        let other = booked(&desk, flight).await;
        ends(&desk, &other, Admin).await;
    }
}

async fn booked(desk: &Desk<'_>, flight: i64) -> Value {
    let none = json!({});
    let wanted = json!({"flightId": flight, "noOfSeats": 1});
    let strangers = STRANGERS.iter().filter(|(_, status)| *status == 401);
    for (caller, status) in strangers {
        desk.is(*caller, Method::POST, "/booking", &wanted, *status)
            .await;
    }
    let buyer = desk.person(Customer);
    let booking = buyer.must_book(flight, 1).await.unwrap();
    let at = format!("/booking/{}", booking["id"]);
    for path in [&at, &format!("{at}/events")] {
        desk.only(&STRANGERS, Customer, Method::GET, path, &none)
            .await;
        desk.must(Admin, Method::GET, path, &none).await;
    }
    for (caller, sees) in [(Customer, true), (OtherCustomer, false), (CompanyA, false)] {
        let list = desk.must(caller, Method::GET, "/booking", &none).await;
        let mut listed = list.as_array().unwrap().iter();
        let is_listed = listed.any(|listed| listed["id"] == booking["id"]);
        assert_eq!(is_listed, sees, "{caller:?}: {list}");
    }
    booking
}

async fn pays(desk: &Desk<'_>, booking: &Value, buyer: Caller) {
    let payment = json!({"bookingId": booking["id"], "totalCost": booking["totalCost"]});
    let paid = desk
        .only(
            &STRANGERS,
            buyer,
            Method::POST,
            "/booking/payments",
            &payment,
        )
        .await;
    assert_eq!(paid["status"], "BOOKED", "{paid}");
}

async fn ends(desk: &Desk<'_>, booking: &Value, by: Caller) {
    let at = format!("/booking/{}/cancel", booking["id"]);
    let ended = desk
        .only(&STRANGERS, by, Method::POST, &at, &json!({}))
        .await;
    assert_eq!(ended["status"], "CANCELLED", "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_its_owners_and_the_administrators() {
    let cast = Cast::assemble().await;
    let desk = Desk::of(&cast, "gateway", Door::Gateway).await;
    let none = json!({});
    let me = desk.must(Customer, Method::GET, "/me", &none).await;
    let at = format!("/{}", id_of(&me));
    let seen = desk
        .only(&STRANGERS, Customer, Method::GET, &at, &none)
        .await;
    assert_eq!(seen, me);
    assert_eq!(desk.must(Admin, Method::GET, &at, &none).await, me);

    let refused = STRANGERS.map(|(caller, status)| (caller, if status == 404 { 403 } else { 401 }));
    for role in [
        json!({"id": me["id"], "role": "ADMIN"}),
        json!({"id": me["id"], "role": "FLIGHT_COMPANY", "airline": "1A"}),
    ] {
        for (caller, status) in refused {
            desk.is(caller, Method::POST, "/role", &role, status).await;
        }
        desk.is(Customer, Method::POST, "/role", &role, 403).await;
    }
    let after = desk.must(Admin, Method::GET, &at, &none).await;
    assert_eq!(after["roles"], json!(["CUSTOMER"]), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_its_owners() {
    let cast = Cast::assemble().await;
    let desk = Desk::of(&cast, "gateway", Door::Gateway).await;
    let none = json!({});
    let sessions = desk.must(Customer, Method::GET, "/sessions", &none).await;
    let at = format!("/sessions/{}", shared::text(&sessions[0]["id"]));
    for stranger in STRANGERS.into_iter().chain([(Admin, 404)]) {
        desk.is(stranger.0, Method::DELETE, &at, &none, stranger.1)
            .await;
    }
    let after = desk.must(Customer, Method::GET, "/sessions", &none).await;
    assert_eq!(after[0]["id"], sessions[0]["id"], "{after}");
    desk.must(Customer, Method::DELETE, &at, &none).await;
    desk.is(Customer, Method::GET, "/me", &none, 401).await;
}
