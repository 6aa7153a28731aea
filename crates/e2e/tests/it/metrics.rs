//! What Prometheus sees: the names, types and labels of the catalogues and no others, numbers that
//! add up, and never more series than there are templates.

mod exposition;

use e2e::{
    api::Api,
    stack::{Options, Stack, client, services::SERVICES},
    traveller::{Traveller, id_of},
};
use reqwest::Method;
use serde_json::json;
use service_kit::telemetry::metrics::Catalogue;

use crate::shared::{a_flight_of, eventually};
use exposition::Exposition;

/// What only counts what goes wrong, or what is switched off here, and is not shown before.
const NOT_YET: [&str; 5] = [
    "rate_limited_total_gateway",
    "rate_limit_shared_gateway",
    "connections_refused_total",
    "connections_timed_out_total",
    "accept_errors_total",
];

fn catalogue(service: &str) -> Catalogue {
    match service {
        "flights" => flights::metrics::CATALOGUE,
        "booking" => booking::metrics::CATALOGUE,
        "notification" => notification::metrics::CATALOGUE,
        "payment-sandbox" => payment_sandbox::CATALOGUE,
        _ => gateway::metrics::CATALOGUE,
    }
}

async fn scrape(stack: &Stack, service: &str) -> Exposition {
    let base = format!("http://{}", stack.metrics_address(service));
    let answer = Api::new(client(), base).get("/metrics").await.unwrap();
    assert_eq!(answer.status, 200, "{service}: {}", answer.text);
    Exposition::parse(&answer.text)
}

/// A bit of everything that is counted.
async fn live_a_little(stack: &Stack, flight: i64) {
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    let found = someone
        .api
        .get("/flightsService/api/v1/flight?limit=2")
        .await;
    assert_eq!(found.unwrap().status, 200);
    let booking = someone.must_book(flight, 2).await.unwrap();
    let declined = someone.pay_by(&booking, "first", "tok_declined").await;
    assert_eq!(declined.unwrap().status, 402);
    assert_eq!(someone.pay(&booking, "second").await.unwrap().status, 200);
    let mails = || async { stack.sink.mails_about("Your booking", &someone.email).len() };
    eventually("the mail", mails, |mails| *mails > 0).await;
    assert_eq!(someone.cancel(id_of(&booking)).await.unwrap().status, 200);
    let refunds = || async {
        scrape(stack, "booking")
            .await
            .value("booking_refunds_total", &[("outcome", "succeeded")])
    };
    eventually("the refund", refunds, |refunds| *refunds == 1.0).await;
    let nowhere = someone.api.send(Method::TRACE, "/nowhere", &[], None).await;
    assert_eq!(nowhere.unwrap().status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_the_catalogues_say() {
    let stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = a_flight_of(&stack).await;
    live_a_little(&stack, flight).await;
    for service in SERVICES {
        let shown = scrape(&stack, service.name).await;
        let catalogue = catalogue(service.name).all();
        for metric in &catalogue {
            let found = shown.family(metric.name);
            if found.is_none() && NOT_YET.contains(&metric.name) {
                continue;
            }
            let (kind, labels) =
                found.unwrap_or_else(|| panic!("{}: no {}", service.name, metric.name));
            assert_eq!(kind, metric.kind.name(), "{}", metric.name);
            let expected: Vec<_> = metric
                .labels
                .iter()
                .map(|label| (*label).to_owned())
                .collect();
            assert_eq!(labels, exposition::sorted(expected), "{}", metric.name);
        }
        for name in shown.names() {
            let known = catalogue.iter().any(|metric| metric.name == name);
            assert!(known, "{}: {name} is in no catalogue", service.name);
        }
    }
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_those_that_succeeded_and_failed() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = a_flight_of(&stack).await;
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    let path = "/bookingService/api/v1/booking";
    let direct = stack.direct("booking");
    let body = json!({"flightId": flight, "noOfSeats": 1});
    assert_eq!(someone.book(flight, 1).await.unwrap().status, 201);
    assert_eq!(direct.post("/booking", &body).await.unwrap().status, 401);
    assert_eq!(
        someone.book(flight + 1_000_000, 1).await.unwrap().status,
        404
    );
    assert_eq!(
        someone
            .api
            .post(path, &json!({"flightId": flight}))
            .await
            .unwrap()
            .status,
        201
    );
    assert_eq!(
        someone
            .api
            .post(path, &json!({"flightId": "x"}))
            .await
            .unwrap()
            .status,
        422
    );
    for _ in 0..2 {
        let many = someone.book_with_key(flight, 9, "nine").await.unwrap();
        assert!([201, 409].contains(&many.status), "{}", many.text);
    }
    stack.part_mut("flights").kill();
    let other = Traveller::arrive(&stack.gateway()).await.unwrap();
    assert_eq!(other.book(flight, 1).await.unwrap().status, 503);

    let shown = scrape(&stack, "booking").await;
    let failed = |reason| shown.value("booking_failed_total", &[("reason", reason)]);
    assert_eq!(shown.value("booking_attempts_total", &[]), 8.0);
    assert_eq!(shown.value("booking_success_total", &[]), 4.0);
    assert_eq!(failed("AUTH_FAILED"), 1.0);
    assert_eq!(failed("INVALID_FLIGHT"), 1.0);
    assert_eq!(failed("INVALID_BOOKING"), 1.0);
    assert_eq!(failed("UPSTREAM"), 1.0);
    assert_eq!(failed("NO_SEATS"), 0.0);
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_requests_make_no_series_and_leave_no_gauge_up() {
    let stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = a_flight_of(&stack).await;
    live_a_little(&stack, flight).await;
    let methods = ["GET", "POST", "PUT", "DELETE", "TRACE", "PURGE", "X1", "X2"];
    let strange = async |round: usize| {
        for (number, method) in methods.iter().cycle().take(200).enumerate() {
            let prefix = ["", "/flightsService", "/bookingService/api/v1"][number % 3];
            let path = format!("{prefix}/{round}-{number}");
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = stack.gateway().send(method, &path, &[], None).await;
            assert!(answer.unwrap().status >= 400);
        }
    };
    strange(1).await;
    let mut before = vec![];
    for service in SERVICES {
        // Its answer is counted as well, from the second on.
        scrape(&stack, service.name).await;
        before.push(scrape(&stack, service.name).await.series());
    }
    strange(2).await;
    for (service, before) in SERVICES.iter().zip(before) {
        let after = scrape(&stack, service.name).await.series();
        let new: Vec<_> = after.difference(&before).collect();
        assert!(new.is_empty(), "{}: {new:?}", service.name);
    }

    let impatient = reqwest::Client::builder()
        .timeout(std::time::Duration::from_millis(1))
        .build()
        .unwrap();
    let impatient = stack.gateway().with_client(impatient);
    for _ in 0..50 {
        let _given_up = impatient
            .get("/flightsService/api/v1/flight?limit=100")
            .await;
    }
    for (service, gauge) in [
        ("gateway", "active_requests_gateway"),
        ("flights", "active_requests"),
    ] {
        // The scrape itself is one where it goes through the service's own listener.
        let own = f64::from(u8::from(service == "flights"));
        let look = || async { scrape(&stack, service).await.value(gauge, &[]) };
        eventually("nothing is being served", look, |active| *active == own).await;
    }
    stack.finish().await.unwrap();
}
