//! Every malformed, unknown, missing, negative, zero, fractional, huge or wrongly typed field is
//! answered by naming it, and nothing is written.

use reqwest::Method;
use serde_json::json;
use service_kit::testing::http;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_booking_is_named_and_nothing_is_written() {
    let world = World::start().await;
    let token = world.identities.customer(1);
    let passenger = |field: &str, value: serde_json::Value| {
        let mut passenger = json!({"givenName": "Ada", "surname": "Byron", "type": "ADULT"});
        passenger[field] = value;
        json!({"flightId": 1, "passengers": [passenger]})
    };
    let cases = [
        (json!({}), "flightId"),
        (json!({"flightId": null}), "flightId"),
        (json!({"flightId": 0}), "flightId"),
        (json!({"flightId": -1}), "flightId"),
        (json!({"flightId": 1.5}), "flightId"),
        (json!({"flightId": true}), "flightId"),
        (json!({"flightId": "1"}), "flightId"),
        (
            json!({"flightId": 18_446_744_073_709_551_615_u64}),
            "flightId",
        ),
        (json!({"flightId": 1, "noOfSeats": 0}), "noOfSeats"),
        (json!({"flightId": 1, "noOfSeats": -2}), "noOfSeats"),
        (json!({"flightId": 1, "noOfSeats": 10}), "noOfSeats"),
        (json!({"flightId": 1, "noOfSeats": 0.5}), "noOfSeats"),
        (json!({"flightId": 1, "noOfSeats": true}), "noOfSeats"),
        (json!({"flightId": 1, "noOfSeats": "2"}), "noOfSeats"),
        (json!({"flightId": 1, "noOfSeats": 1e300}), "noOfSeats"),
        (json!({"flightId": 1, "totalCost": 1}), "totalCost"),
        (json!({"flightId": 1, "status": "BOOKED"}), "status"),
        (json!({"items": []}), "items"),
        (json!({"items": 1}), "items"),
        (json!({"items": [{"noOfSeats": 1}]}), "items[0].flightId"),
        (
            json!({"items": [{"flightId": 1, "noOfSeats": 0}]}),
            "items[0].noOfSeats",
        ),
        (
            json!({"items": [{"flightId": 1, "price": 1}]}),
            "items[0].price",
        ),
        (
            json!({"items": [{"flightId": 1}], "noOfSeats": 1}),
            "noOfSeats",
        ),
        (
            json!({"items": (1..=7).map(|id| json!({"flightId": id})).collect::<Vec<_>>()}),
            "items",
        ),
        (json!({"flightId": 1, "passengers": []}), "passengers"),
        (passenger("givenName", json!("")), "passengers[0].givenName"),
        (
            passenger("givenName", json!("x".repeat(101))),
            "passengers[0].givenName",
        ),
        (passenger("surname", json!(7)), "passengers[0].surname"),
        (passenger("type", json!("PILOT")), "passengers[0].type"),
        (passenger("passport", json!("X")), "passengers[0].passport"),
    ];
    for (body, field) in cases {
        let answer = world.book_body(&token, None, &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        assert_eq!(
            answer.json()["errors"][0]["field"],
            field,
            "{body}: {}",
            answer.text
        );
        assert_eq!(answer.json()["success"], false);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM Bookings").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM UnpaidHolds").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_payment_is_named_and_nothing_is_written() {
    let world = World::start().await;
    let token = world.identities.customer(1);
    let cases = [
        (json!({"totalCost": 1}), "bookingId"),
        (json!({"bookingId": 1}), "totalCost"),
        (json!({"bookingId": 0, "totalCost": 1}), "bookingId"),
        (json!({"bookingId": 1, "totalCost": -1}), "totalCost"),
        (json!({"bookingId": 1, "totalCost": 1.5}), "totalCost"),
        (json!({"bookingId": 1, "totalCost": "1"}), "totalCost"),
        (json!({"bookingId": 1, "totalCost": true}), "totalCost"),
        (
            json!({"bookingId": 1, "totalCost": 1, "paymentToken": "4111111111111111"}),
            "paymentToken",
        ),
        (
            json!({"bookingId": 1, "totalCost": 1, "paymentToken": 1}),
            "paymentToken",
        ),
        (
            json!({"bookingId": 1, "totalCost": 1, "currency": "USD"}),
            "currency",
        ),
    ];
    for (body, field) in cases {
        let answer = world.pay_body(&token, "k", &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        assert_eq!(
            answer.json()["errors"][0]["field"],
            field,
            "{body}: {}",
            answer.text
        );
        assert!(!answer.text.contains("4111"), "a card number is not echoed");
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM IdempotencyKeys").await, 0);
    let absent = json!({"bookingId": 9, "totalCost": 1});
    world
        .pay_body(&token, "k", &absent)
        .await
        .is(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_queries_and_bodies_that_make_no_sense_are_named() {
    let world = World::start().await;
    let token = world.identities.customer(1);
    for id in ["0", "-1", "1.5", "abc", "99999999999999999999"] {
        let answer = world.get(&token, &format!("/api/v1/booking/{id}")).await;
        assert_eq!(answer.json()["errors"][0]["field"], "id", "{}", answer.text);
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
        ("status=paid", "status"),
        ("user=1", "user"),
    ] {
        let answer = world.get(&token, &format!("/api/v1/booking?{query}")).await;
        assert_eq!(
            answer.json()["errors"][0]["field"],
            field,
            "{query}: {}",
            answer.text
        );
    }
    world
        .get(&token, "/api/v1/nothing")
        .await
        .is(404, "NOT_FOUND");
    let put = world
        .call(Method::PUT, "/api/v1/booking", &token, None, None)
        .await;
    assert_eq!(put.status, 405);
    assert!(put.headers["allow"].to_str().unwrap().contains("POST"));
    assert_eq!(put.headers["content-type"], "application/problem+json");
    let page = world.get("", "/api/v1/ping/health").await;
    assert_eq!(page.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_keys_that_differ_are_refused() {
    let world = World::start().await;
    let flight = world.flight(3).await;
    let token = world.identities.customer(1);
    let url = format!("{}/api/v1/booking", world.booking_url());
    let body = json!({"flightId": flight});
    let send = async |first: &str, second: &str| {
        let request = http().post(&url).bearer_auth(&token).json(&body);
        let request = request
            .header("x-idempotency-key", first)
            .header("idempotency-key", second);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("a", "b").await, 400);
    assert_eq!(send("a", "a").await, 201);
    assert_eq!(send("a", "a").await, 201);
    assert_eq!(world.seats_left(flight).await, 2);
}
