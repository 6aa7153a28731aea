//! What one person may take, through the gateway.

use e2e::traveller::Traveller;
use serde_json::{Value, json};

use crate::shared::{flight, free_seats, gateway, traveller};

const BOOKING: &str = "/bookingService/api/v1/booking";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_more_than_three_unpaid_bookings_however_fast_they_ask() {
    let (flight, someone) = (flight(60).await, traveller().await);
    let at_once = (0..12).map(|_| someone.book(flight, 2));
    let answers = futures::future::try_join_all(at_once).await.unwrap();
    let (held, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(held.len(), 3);
    for answer in refused {
        assert_eq!((answer.status, answer.code()), (409, "TOO_MANY_HOLDS"));
    }
    assert_eq!(
        free_seats(flight).await,
        60 - 3 * 2,
        "no seat of a refused one"
    );

    // Paid, it is none of the three any more.
    let paid = someone.pay(held[0].data(), "first").await.unwrap();
    assert_eq!(paid.status, 200, "{}", paid.text);
    must_be_the_last(&someone, flight).await;
    // Nor when it was cancelled; but cancelling the paid one makes no room.
    let id = held[1].data()["id"].as_i64().unwrap();
    assert_eq!(someone.cancel(id).await.unwrap().status, 200);
    must_be_the_last(&someone, flight).await;
    let id = held[0].data()["id"].as_i64().unwrap();
    assert_eq!(someone.cancel(id).await.unwrap().status, 200);
    is_refused(&someone, flight).await;
    // It is a limit of each person's own.
    let other = traveller().await;
    other.must_book(flight, 1).await.unwrap();
}

/// One more, and then no more.
async fn must_be_the_last(someone: &Traveller, flight: i64) {
    someone.must_book(flight, 1).await.unwrap();
    is_refused(someone, flight).await;
}

async fn is_refused(someone: &Traveller, flight: i64) {
    let refused = someone.book(flight, 1).await.unwrap();
    assert_eq!(
        (refused.status, refused.code()),
        (409, "TOO_MANY_HOLDS"),
        "{}",
        refused.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_has_one_to_nine_seats_on_each_flight() {
    let (one, other) = (flight(40).await, flight(40).await);
    let someone = traveller().await;
    let wrong = [
        json!(0),
        json!(10),
        json!(-1),
        json!(1.5),
        json!(true),
        json!("2"),
    ];
    for seats in wrong {
        let items = |first: &Value, second: &Value| {
            json!({"items": [{"flightId": one, "noOfSeats": first},
                             {"flightId": other, "noOfSeats": second}]})
        };
        for (body, field) in [
            (json!({"flightId": one, "noOfSeats": seats}), "noOfSeats"),
            (items(&seats, &json!(1)), "items[0].noOfSeats"),
            (items(&json!(1), &seats), "items[1].noOfSeats"),
        ] {
            let answer = someone.api.post(BOOKING, &body).await.unwrap();
            assert_eq!(answer.status, 422, "{body}: {}", answer.text);
            assert_eq!(answer.code(), "VALIDATION");
            let errors = answer.body["errors"].as_array().unwrap();
            let fields: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
            assert_eq!(fields, [field], "{body}");
        }
    }
    assert_eq!((free_seats(one).await, free_seats(other).await), (40, 40));
    for seats in [1, 9] {
        someone.must_book(one, seats).await.unwrap();
    }
    assert_eq!(free_seats(one).await, 30);
    // Nobody's wrong number is somebody's booking.
    let mine = gateway().await.with_token(someone.api.token().unwrap());
    let list = mine.get(BOOKING).await.unwrap();
    assert_eq!(list.data().as_array().unwrap().len(), 2, "{}", list.text);
}
