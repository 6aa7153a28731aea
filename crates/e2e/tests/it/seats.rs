//! Seats: never sold twice, never minted.

use std::sync::Arc;

use e2e::{
    api::Api,
    stack::client,
    traveller::{Traveller, id_of},
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::shared::{admin, change, eventually, flight, free_seats, gateway, number, traveller};

/// So many customers with connections of their own.
async fn crowd(size: usize) -> Vec<Traveller> {
    let gateway = Arc::new(gateway().await);
    let arrive = |_| {
        let gateway: Api = gateway.with_client(client());
        async move { Traveller::arrive(&gateway).await.unwrap() }
    };
    join_all((0..size).map(arrive)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_on_a_50_seat_flight_sell_exactly_50() {
    let flight = flight(50).await;
    let crowd = crowd(40).await;
    // Five each, at once: more than a user may hold unpaid, so who got a seat pays for it first.
    let clients = crowd
        .iter()
        .flat_map(|someone| (0..5).map(move |_| someone));
    let outcomes = join_all(clients.map(|someone| async move {
        loop {
            let answer = someone.book(flight, 1).await.unwrap();
            match (answer.status, answer.code()) {
                (201, _) => {
                    let booking = answer.data().clone();
                    let key = format!("pay {}", booking["id"]);
                    let paid = someone.pay(&booking, &key).await.unwrap();
                    assert_eq!(paid.status, 200, "{}", paid.text);
                    return true;
                }
                (409, "NO_SEATS") => return false,
                (409, "TOO_MANY_HOLDS") => {
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
                _ => panic!("{}", answer.text),
            }
        }
    }))
    .await;
    assert_eq!(outcomes.into_iter().filter(|sold| *sold).count(), 50);
    assert_eq!(free_seats(flight).await, 0);
    let sold = format!(
        "SELECT CAST(SUM(i.seats) AS SIGNED) FROM {{flights}}.HoldItems i
         JOIN {{flights}}.SeatHolds h ON h.holdId = i.holdId
         WHERE i.flightId = {flight} AND h.state IN ('HELD', 'SOLD')"
    );
    assert_eq!(number(&sold).await, 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn mixed_sizes_on_30_seats_never_exceed_30() {
    let flight = flight(30).await;
    let crowd = crowd(24).await;
    let bookings = crowd.iter().enumerate().map(|(at, someone)| async move {
        let seats = 1 + (at as u32 % 5);
        let answer = someone.book(flight, seats).await.unwrap();
        match answer.status {
            201 => i64::from(seats),
            _ => {
                assert_eq!(
                    (answer.status, answer.code()),
                    (409, "NO_SEATS"),
                    "{}",
                    answer.text
                );
                0
            }
        }
    });
    let held: i64 = join_all(bookings).await.into_iter().sum();
    assert!(
        (26..=30).contains(&held),
        "{held}: the rest is less than the largest party"
    );
    assert_eq!(free_seats(flight).await, 30 - held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_booking_ends_and_gives_back_no_seats_it_never_took() {
    let (one, other) = (traveller().await, traveller().await);
    let flight = flight(3).await;
    one.must_book(flight, 2).await.unwrap();
    let refused = other.book(flight, 2).await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "NO_SEATS"));
    let ended = format!(
        "SELECT COUNT(*) FROM {{booking}}.Bookings
         WHERE flightId = {flight} AND status = 'CANCELLED' AND reason = 'NO_SEATS'
           AND seatState = 'RELEASED'"
    );
    eventually(
        "the refused one is released",
        || number(&ended),
        |n| *n == 1,
    )
    .await;
    assert_eq!(free_seats(flight).await, 1);
    // Its time comes and goes: nothing is given back again.
    change(&format!(
        "UPDATE {{booking}}.Bookings SET expiresAt = NOW(6) - INTERVAL 1 SECOND
         WHERE flightId = {flight} AND status = 'CANCELLED'"
    ))
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    assert_eq!(free_seats(flight).await, 1);
    let mine = other
        .api
        .get("/bookingService/api/v1/booking")
        .await
        .unwrap();
    assert_eq!(
        mine.data(),
        &json!([]),
        "a booking that never had seats is not shown"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_flights_in_one_booking_are_held_all_or_nothing() {
    let someone = traveller().await;
    let (roomy, full) = (flight(5).await, flight(1).await);
    let items = |seats| {
        json!({"items": [
            {"flightId": roomy, "noOfSeats": seats}, {"flightId": full, "noOfSeats": seats}
        ]})
    };
    let path = "/bookingService/api/v1/booking";
    let refused = someone.api.post(path, &items(2)).await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "NO_SEATS"));
    assert_eq!((free_seats(roomy).await, free_seats(full).await), (5, 1));
    let held = someone.api.post(path, &items(1)).await.unwrap();
    assert_eq!(held.status, 201, "{}", held.text);
    assert_eq!(held.data()["totalCost"], 20_000);
    assert_eq!((free_seats(roomy).await, free_seats(full).await), (4, 0));
    someone.cancel(id_of(held.data())).await.unwrap();
    let free = || async { (free_seats(roomy).await, free_seats(full).await) };
    eventually("both are free again", free, |free| *free == (5, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_negative_or_fractional_patch_mints_no_seats() {
    let flight = flight(10).await;
    let admin = admin().await;
    let path = format!("/flightsService/api/v1/flight/{flight}/seats");
    for seats in [
        json!(-5),
        json!(0),
        json!(1.5),
        json!(true),
        json!("3"),
        json!(1e20),
    ] {
        let body = json!({"seats": seats, "dec": true});
        let answer = admin
            .send(Method::PATCH, &path, &[], Some(&body))
            .await
            .unwrap();
        assert_eq!(answer.status, 422, "{seats}: {}", answer.text);
        assert_eq!(answer.body["errors"][0]["field"], "seats");
    }
    let someone = traveller().await;
    someone.must_book(flight, 4).await.unwrap();
    let below = json!({"seats": 7, "dec": true});
    let answer = admin
        .send(Method::PATCH, &path, &[], Some(&below))
        .await
        .unwrap();
    assert!(
        [409, 422].contains(&answer.status),
        "never below what is held: {}",
        answer.text
    );
    assert_eq!(free_seats(flight).await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_bookings_name_the_field_and_leave_nothing_behind() {
    let someone = traveller().await;
    let flight = flight(10).await;
    let path = "/bookingService/api/v1/booking";
    let cases = [
        (json!({"flightId": flight, "noOfSeats": 1.5}), "noOfSeats"),
        (json!({"flightId": flight, "noOfSeats": true}), "noOfSeats"),
        (json!({"flightId": flight, "noOfSeats": -1}), "noOfSeats"),
        (json!({"flightId": flight, "noOfSeats": 0}), "noOfSeats"),
        (json!({"flightId": flight, "noOfSeats": 1e99}), "noOfSeats"),
        (json!({"flightId": "7", "noOfSeats": 1}), "flightId"),
        (json!({"noOfSeats": 1}), "flightId"),
        (
            json!({"flightId": flight, "noOfSeats": 1, "totalCost": 1}),
            "totalCost",
        ),
    ];
    for (body, field) in cases {
        let answer = someone.api.post(path, &body).await.unwrap();
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        assert_eq!(answer.body["errors"][0]["field"], field, "{body}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let written = format!("SELECT COUNT(*) FROM {{booking}}.Bookings WHERE flightId = {flight}");
    assert_eq!((number(&written).await, free_seats(flight).await), (0, 10));
}
