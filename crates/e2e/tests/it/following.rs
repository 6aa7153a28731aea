//! What a request causes is found by its correlation id: in the logs of every service that had to do
//! with it, also long after its answer, and in the mail that tells of it.

use std::{collections::BTreeSet, fs};

use e2e::{
    stack::{Options, Stack},
    traveller::{PAYMENTS, Traveller},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::shared::{a_flight_of, eventually};

const ID: &str = "follow-me.4711";

/// The service and the line of each entry that names the id.
fn entries(stack: &Stack) -> Vec<(String, Value)> {
    let files = fs::read_dir(stack.file("logs")).unwrap();
    let of_file = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let service = name.split('.').next().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let mine = lines.filter(|line: &Value| line["correlation_id"] == ID);
        mine.map(|line| (service.clone(), line)).collect::<Vec<_>>()
    };
    files
        .flat_map(|file| of_file(file.unwrap().path()))
        .collect()
}

fn has(entries: &[(String, Value)], service: &str, field: &str, value: &str) -> bool {
    let mut lines = entries.iter().filter(|(of, _)| of == service);
    lines.any(|(_, line)| line[field] == value)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_followed_through_every_service_into_the_mail() {
    let stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = a_flight_of(&stack).await;
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    let booking = someone.must_book(flight, 1).await.unwrap();
    let body = json!({
        "bookingId": booking["id"],
        "totalCost": booking["totalCost"],
        "paymentToken": "tok_success",
    });
    let headers = [("x-correlation-id", ID), ("idempotency-key", "once")];
    let paid = someone
        .api
        .send(Method::POST, PAYMENTS, &headers, Some(&body));
    let paid = paid.await.unwrap();
    assert_eq!(paid.status, 200, "{}", paid.text);

    let mails = || async { stack.sink.mails_about("is confirmed", &someone.email) };
    let mails = eventually("the mail", mails, |mails| !mails.is_empty()).await;
    let header = format!("\r\nX-Correlation-Id: {ID}\r\n");
    assert!(mails[0].text.contains(&header), "{}", mails[0].text);

    let all = || async { entries(&stack) };
    let through = |entries: &Vec<(String, Value)>| {
        has(entries, "notification", "message", "mail accepted")
            && has(entries, "booking", "topic", "hold.sell")
            && has(entries, "booking", "topic", "email")
            && has(entries, "flights", "message", "request answered")
    };
    let all = eventually("the lines of all of them", all, through).await;
    let services: BTreeSet<&str> = all.iter().map(|(service, _)| service.as_str()).collect();
    let expected = [
        "booking",
        "flights",
        "gateway",
        "notification",
        "payment-sandbox",
    ];
    assert_eq!(services, BTreeSet::from(expected));
    let asked = |service, route| {
        let mut lines = all
            .iter()
            .filter(|(of, line)| of == service && line["route"] == route);
        lines.next().unwrap().1["user"].clone()
    };
    assert_eq!(
        asked("booking", "/api/v1/booking/payments"),
        booking["userId"]
    );
    // What was done beside the requests names none.
    let accepted = |line: &&(String, Value)| line.1["message"] == "mail accepted";
    assert_eq!(all.iter().find(accepted).unwrap().1.get("route"), None);
}
