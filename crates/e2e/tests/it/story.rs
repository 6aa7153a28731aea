//! What a person does, from signing up to getting the money back.

use audit::Audit;
use e2e::traveller::{Traveller, id_of};
use serde_json::{Value, json};

use crate::shared::{eventually, gateway, number, stack, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_books_pays_reads_the_mail_and_gets_the_money_back() {
    let someone = Traveller::arrive(&gateway().await).await.unwrap();
    let search = cheapest_first_search(&someone).await;
    let flight = cheapest(&someone, &search).await;
    let free_before = flight["availableSeats"].as_i64().unwrap();

    let booking = someone.must_book(id_of(&flight), 2).await.unwrap();
    assert_eq!(booking["status"], "INITIATED");
    assert_eq!(booking["totalCost"], flight["price"].as_i64().unwrap() * 2);
    assert_eq!(booking["currency"], flight["currency"]);

    let paid = pays_twice_and_is_charged_once(&someone, &booking).await;
    assert_eq!(paid["status"], "BOOKED");
    let seen = someone.look(id_of(&booking)).await.unwrap();
    assert_eq!(
        (seen.status, &seen.data()["status"]),
        (200, &json!("BOOKED"))
    );
    let locator = text(&seen.data()["reference"]).to_owned();
    let letters = locator
        .chars()
        .all(|c| c.is_ascii_uppercase() || ('2'..='9').contains(&c));
    assert!(
        locator.len() == 6 && letters && !locator.contains(['I', 'O']),
        "{locator}"
    );
    gets_one_mail_saying(&someone, &locator, 1).await;
    assert_eq!(
        cheapest(&someone, &search).await["availableSeats"],
        free_before - 2
    );

    gets_the_money_back(&someone, &booking).await;
    gets_one_mail_saying(&someone, &locator, 2).await;
    let free = || async { cheapest(&someone, &search).await["availableSeats"].clone() };
    eventually("the seats are free again", free, |free| {
        *free == free_before
    })
    .await;
    the_timeline_tells_it_all(&someone, id_of(&booking)).await;
    the_books_are_clean().await;
}

/// JFK-LAX on the last day on sale, by price.
async fn cheapest_first_search(someone: &Traveller) -> String {
    let path = "/flightsService/api/v1/flight?trips=JFK-LAX&sort=departureTime_desc&limit=1";
    let last = someone.api.get(path).await.unwrap();
    let date = text(&last.data()[0]["departureLocal"])
        .split('T')
        .next()
        .unwrap()
        .to_owned();
    format!("trips=JFK-LAX&tripdate={date}&travellers=2&sort=price_asc")
}

async fn cheapest(someone: &Traveller, search: &str) -> Value {
    let path = format!("/flightsService/api/v1/flight?{search}");
    let found = someone.api.get(&path).await.unwrap();
    assert_eq!(found.status, 200, "{}", found.text);
    let flights = found.data().as_array().unwrap();
    let prices: Vec<_> = flights
        .iter()
        .map(|flight| flight["price"].as_i64().unwrap())
        .collect();
    assert!(prices.len() > 1 && prices.is_sorted(), "{prices:?}");
    flights[0].clone()
}

async fn pays_twice_and_is_charged_once(someone: &Traveller, booking: &Value) -> Value {
    let first = someone.pay(booking, "my first payment").await.unwrap();
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = someone.pay(booking, "my first payment").await.unwrap();
    assert_eq!((again.status, &again.text), (200, &first.text));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let charges = format!(
        "SELECT COUNT(*) FROM {{payments}}.Charges c JOIN {{booking}}.Payments p ON p.id = c.id
         WHERE p.bookingId = {} AND c.state = 'CAPTURED'",
        booking["id"]
    );
    assert_eq!(number(&charges).await, 1);
    first.data().clone()
}

async fn gets_one_mail_saying(someone: &Traveller, locator: &str, total: usize) {
    let sink = &stack().await.sink;
    let look = || async { sink.mails_about("Your booking", &someone.email) };
    let mails = eventually("the mail", look, |mails| mails.len() >= total).await;
    assert_eq!(mails.len(), total);
    assert!(
        mails.iter().all(|mail| mail.text.contains(locator)),
        "{mails:?}"
    );
}

async fn gets_the_money_back(someone: &Traveller, booking: &Value) {
    let id = id_of(booking);
    let cancelled = someone.cancel(id).await.unwrap();
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    assert_eq!(cancelled.data()["status"], "CANCELLED");
    assert_eq!(cancelled.data()["reason"], "CUSTOMER");
    let again = someone.cancel(id).await.unwrap();
    assert_eq!(again.status, 200, "cancelling twice is fine");
    let look = || async { someone.look(id).await.unwrap().body["data"]["refund"].clone() };
    eventually("the refund", look, |refund| refund["status"] == "SUCCEEDED").await;
    let refunded = format!(
        "SELECT COALESCE(SUM(r.amount), 0) FROM {{payments}}.Refunds r
         JOIN {{booking}}.Payments p ON p.id = r.chargeId WHERE p.bookingId = {id}"
    );
    let refunded = format!("SELECT CAST(({refunded}) AS SIGNED)");
    assert_eq!(
        number(&refunded).await,
        booking["totalCost"].as_i64().unwrap()
    );
}

async fn the_timeline_tells_it_all(someone: &Traveller, booking: i64) {
    let events = someone.events(booking).await.unwrap();
    let events = events.data().as_array().unwrap().clone();
    let to: Vec<_> = events
        .iter()
        .map(|event| text(&event["to"]).to_owned())
        .collect();
    assert_eq!(
        to,
        ["INITIATED", "PENDING", "BOOKED", "CANCELLED"],
        "{events:?}"
    );
}

async fn the_books_are_clean() {
    let database = &stack().await.database;
    let audit = Audit::new(&database.audit_url(), database.schemas.clone()).unwrap();
    let report = audit.run().await.unwrap();
    assert!(report.is_clean(), "{report}");
}
