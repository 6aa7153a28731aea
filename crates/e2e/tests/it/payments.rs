//! Paying: once, whatever is repeated, by whom and when.

use e2e::{api::Answer, traveller::id_of};
use futures::future::join_all;
use serde_json::json;

use crate::shared::{change, eventually, flight, free_seats, number, traveller};

async fn captured(booking: i64) -> i64 {
    number(&format!(
        "SELECT COUNT(*) FROM {{payments}}.Charges c JOIN {{booking}}.Payments p ON p.id = c.id
         WHERE p.bookingId = {booking} AND c.state = 'CAPTURED'"
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_parallel_payments_with_one_key_charge_once_with_identical_bodies() {
    let someone = traveller().await;
    let booking = someone.must_book(flight(10).await, 1).await.unwrap();
    let payments = (0..20).map(|_| someone.pay(&booking, "one key"));
    let answers: Vec<Answer> = join_all(payments)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (200, &answers[0].text));
    }
    let fresh = answers
        .iter()
        .filter(|a| a.header("idempotency-replayed") != "true");
    assert_eq!(fresh.count(), 1, "one paid, nineteen were told");
    assert_eq!(captured(id_of(&booking)).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_parallel_payments_with_twenty_keys_charge_once() {
    let someone = traveller().await;
    let booking = someone.must_book(flight(10).await, 1).await.unwrap();
    let keys: Vec<_> = (0..20).map(|n| format!("key {n}")).collect();
    let payments = keys.iter().map(|key| someone.pay(&booking, key));
    let answers: Vec<Answer> = join_all(payments)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let paid = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(paid, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.status, 409, "{}", answer.text);
        let codes = ["ALREADY_PAID", "PAYMENT_IN_PROGRESS"];
        assert!(codes.contains(&answer.code()), "{}", answer.text);
    }
    assert_eq!(captured(id_of(&booking)).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_like_proto_are_keys_like_any_other() {
    let someone = traveller().await;
    let flight = flight(10).await;
    for key in [
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "0",
        "null",
    ] {
        let booking = someone.must_book(flight, 1).await.unwrap();
        let paid = someone.pay(&booking, key).await.unwrap();
        assert_eq!(
            (paid.status, paid.header("idempotency-replayed")),
            (200, ""),
            "{key}"
        );
        assert_eq!(paid.data()["status"], "BOOKED");
        assert_eq!(
            captured(id_of(&booking)).await,
            1,
            "{key} was really charged"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_users_key_does_not_block_anothers() {
    let (one, other) = (traveller().await, traveller().await);
    let flight = flight(10).await;
    for someone in [&one, &other] {
        let booking = someone.must_book(flight, 1).await.unwrap();
        let paid = someone.pay(&booking, "the same key").await.unwrap();
        assert_eq!(
            (paid.status, paid.header("idempotency-replayed")),
            (200, "")
        );
        assert_eq!(paid.data()["id"], booking["id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_payment_is_replayed_and_never_an_error() {
    let someone = traveller().await;
    let booking = someone.must_book(flight(10).await, 1).await.unwrap();
    let first = someone.pay(&booking, "again").await.unwrap();
    for _ in 0..3 {
        let again = someone.pay(&booking, "again").await.unwrap();
        assert_eq!((again.status, &again.text), (first.status, &first.text));
    }
    let other = someone
        .pay_by(&booking, "again", "tok_declined")
        .await
        .unwrap();
    assert_eq!((other.status, other.code()), (422, "KEY_REUSED"));
    let new_key = someone.pay(&booking, "another key").await.unwrap();
    assert_eq!((new_key.status, new_key.code()), (409, "ALREADY_PAID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_can_be_followed_by_a_good_one() {
    let someone = traveller().await;
    let booking = someone.must_book(flight(10).await, 1).await.unwrap();
    let declined = someone
        .pay_by(&booking, "bad card", "tok_declined")
        .await
        .unwrap();
    assert_eq!(
        (declined.status, declined.code()),
        (402, "PAYMENT_DECLINED")
    );
    let again = someone
        .pay_by(&booking, "bad card", "tok_declined")
        .await
        .unwrap();
    assert_eq!((again.status, &again.text), (402, &declined.text));
    let paid = someone.pay(&booking, "good card").await.unwrap();
    assert_eq!(
        (paid.status, &paid.data()["status"]),
        (200, &json!("BOOKED"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_late_never_books_and_the_seats_are_given_back_once() {
    let someone = traveller().await;
    let flight = flight(5).await;
    let booking = someone.must_book(flight, 2).await.unwrap();
    let id = id_of(&booking);
    change(&format!(
        "UPDATE {{booking}}.Bookings SET expiresAt = NOW(6) - INTERVAL 1 SECOND WHERE id = {id}"
    ))
    .await;
    let late = someone.pay(&booking, "too late").await.unwrap();
    assert_eq!((late.status, late.code()), (409, "BOOKING_EXPIRED"));
    let free = || free_seats(flight);
    eventually("the seats are free", free, |free| *free == 5).await;
    let late = someone.pay(&booking, "far too late").await.unwrap();
    assert_eq!((late.status, late.code()), (409, "BOOKING_EXPIRED"));
    let seen = someone.look(id).await.unwrap();
    assert_eq!(seen.data()["status"], "CANCELLED");
    assert_eq!(seen.data()["reason"], "EXPIRED");
    assert_eq!(captured(id).await, 0);
    assert_eq!(free_seats(flight).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_lasts_ten_minutes_and_no_other_time() {
    let someone = traveller().await;
    let booking = someone.must_book(flight(5).await, 1).await.unwrap();
    let id = id_of(&booking);
    let seconds = format!(
        "SELECT TIMESTAMPDIFF(SECOND, createdAt, expiresAt) FROM {{booking}}.Bookings WHERE id = {id}"
    );
    assert_eq!(number(&seconds).await, 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_needs_a_sane_key_and_the_right_amount() {
    let someone = traveller().await;
    let booking = someone.must_book(flight(5).await, 1).await.unwrap();
    let path = "/bookingService/api/v1/booking/payments";
    let body = json!({"bookingId": booking["id"], "totalCost": booking["totalCost"]});
    let none = someone.api.post(path, &body).await.unwrap();
    assert_eq!((none.status, none.code()), (400, "KEY_MISSING"));
    let wrong = json!({"bookingId": booking["id"], "totalCost": 1});
    let wrong = someone
        .api
        .post_with_key(path, "amount", &wrong)
        .await
        .unwrap();
    assert_eq!((wrong.status, wrong.code()), (422, "AMOUNT_MISMATCH"));
    let right = someone
        .api
        .post_with_key(path, "amount", &body)
        .await
        .unwrap();
    assert_eq!(
        right.status, 200,
        "the refusal gave the key back: {}",
        right.text
    );
}
