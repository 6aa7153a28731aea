//! A person who is erased is nowhere, whatever is killed meanwhile, and the books stay.

use std::time::{Duration, Instant};

use audit::Audit;
use e2e::{
    api::{Answer, Api},
    stack::{Options, Stack},
    traveller::{PASSWORD, Traveller, id_of},
};
use reqwest::Method;
use serde_json::json;
use service_kit::testing::places_of;
use sqlx::AssertSqlSafe;

use crate::shared::a_flight_of;

/// Words of a person that are nowhere else.
const TRACES: [&str; 5] = ["cleo", "canary", "Given5CAN", "Sur5CAN", "Browser5CAN"];

/// A stack of its own, with a flight and somebody to be erased.
struct World {
    stack: Stack,
    flight: i64,
}

impl World {
    async fn start() -> Self {
        let stack = Stack::start(&Options::for_tests()).await.unwrap();
        let flight = a_flight_of(&stack).await;
        Self { stack, flight }
    }

    /// Signs up; the account's id.
    async fn sign_up(&self, email: &str) -> i64 {
        let account = json!({"email": email, "password": PASSWORD, "name": "Cleo Canary"});
        let answer = self
            .stack
            .gateway()
            .post("/api/v1/signup", &account)
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        id_of(answer.data())
    }

    async fn sign_in(&self, email: &str) -> Traveller {
        let credentials = json!({"email": email, "password": PASSWORD});
        let headers = [("user-agent", "Browser5CAN")];
        let gateway = self.stack.gateway();
        let answer = gateway
            .send(Method::POST, "/api/v1/signin", &headers, Some(&credentials))
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        let token = answer.data()["jwt"].as_str().unwrap();
        let (api, email) = (gateway.with_token(token), email.to_owned());
        Traveller { api, email }
    }

    /// A paid booking with names in it; its id.
    async fn flies(&self, someone: &Traveller, key: &str) -> i64 {
        let trip = json!({
            "items": [{"flightId": self.flight, "noOfSeats": 1}],
            "passengers": [{"givenName": "Given5CAN", "surname": "Sur5CAN", "type": "ADULT"}],
        });
        let path = "/bookingService/api/v1/booking";
        let booked = someone.api.post_with_key(path, key, &trip).await.unwrap();
        assert_eq!(booked.status, 201, "{}", booked.text);
        let paid = someone.pay(booked.data(), key).await.unwrap();
        assert_eq!(paid.status, 200, "{}", paid.text);
        id_of(booked.data())
    }

    /// Everywhere that a word of the person is stored.
    async fn traces(&self) -> Vec<String> {
        let database = &self.stack.database;
        let mut root = database.root().await.unwrap();
        let names = &database.schemas;
        let mut traces = vec![];
        for schema in [
            &names.gateway,
            &names.booking,
            &names.notification,
            &names.flights,
            &names.payments,
        ] {
            for word in TRACES {
                let places = places_of(&mut root, schema, word).await.unwrap();
                traces.extend(
                    places
                        .iter()
                        .map(|place| format!("{word} in {schema}.{place}")),
                );
            }
        }
        traces
    }

    async fn change(&self, sql: &str) {
        let database = &self.stack.database;
        let sql = AssertSqlSafe(database.schemas.fill(sql));
        sqlx::query(sql)
            .execute(&mut database.root().await.unwrap())
            .await
            .unwrap();
    }

    /// Waits until a number is this.
    async fn becomes(&self, what: &str, sql: &str, number: i64) {
        let database = &self.stack.database;
        let (mut root, started) = (database.root().await.unwrap(), Instant::now());
        loop {
            let sql = AssertSqlSafe(database.schemas.fill(sql));
            let now: i64 = sqlx::query_scalar(sql).fetch_one(&mut root).await.unwrap();
            if now == number {
                return;
            }
            assert!(
                started.elapsed() < Duration::from_secs(90),
                "{what}: {now}, not {number}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn the_books_are_clean(&self) {
        let database = &self.stack.database;
        let audit = Audit::new(&database.audit_url(), database.schemas.clone()).unwrap();
        assert_eq!(audit.quiesce(Duration::from_secs(60)).await.unwrap(), 0);
        let report = audit.run().await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

const SHUT: &str = "SELECT COUNT(*) FROM {gateway}.`User` WHERE erasingSince IS NOT NULL";
const ERASED: &str = "SELECT COUNT(*) FROM {gateway}.`User` WHERE erasedAt IS NOT NULL";
const UNDER_WAY: &str = "SELECT (SELECT COUNT(*) FROM {booking}.Refunds WHERE status = 'PENDING')
     + (SELECT COUNT(*) FROM {booking}.Outbox WHERE doneAt IS NULL)
     + (SELECT COUNT(*) FROM {gateway}.Outbox WHERE doneAt IS NULL)";

async fn erase(api: &Api) -> Answer {
    let body = json!({"currentPassword": PASSWORD});
    api.send(Method::DELETE, "/api/v1/me", &[], Some(&body))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_books_pays_and_cancels_is_erased_everywhere() {
    let world = World::start().await;
    let email = "cleo.canary@example.test";
    let id = world.sign_up(email).await;
    let cleo = world.sign_in(email).await;
    let flown = world.flies(&cleo, "first").await;
    let ahead = world.flies(&cleo, "second").await;
    let past = format!(
        "UPDATE {{booking}}.Bookings SET firstDepartureAt = NOW(6) - INTERVAL 1 DAY WHERE id = {flown}"
    );
    world.change(&past).await;

    let blocked = erase(&cleo.api).await;
    assert_eq!(
        (blocked.status, blocked.code()),
        (409, "ERASURE_BLOCKED"),
        "{}",
        blocked.text
    );
    let codes: Vec<_> = blocked.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["code"].clone())
        .collect();
    assert!(codes.contains(&json!("booking_ahead")), "{codes:?}");
    let signed_out = cleo.look(flown).await.unwrap();
    assert_eq!(signed_out.status, 401, "the sessions are over all the same");

    let cleo = world.sign_in(email).await;
    let cancelled = cleo.cancel(ahead).await.unwrap();
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    world.becomes("nothing is under way", UNDER_WAY, 0).await;
    assert!(
        world.traces().await.len() > 20,
        "{:?}",
        world.traces().await
    );

    let started = Instant::now();
    let erased = erase(&cleo.api).await;
    assert_eq!(erased.status, 200, "{}", erased.text);
    println!("erased after {:?}", started.elapsed());
    assert_eq!(world.traces().await, [""; 0]);
    world.the_books_are_clean().await;
    the_logs_name_nobody(&world.stack);

    let gateway = world.stack.gateway();
    let credentials = json!({"email": email, "password": PASSWORD});
    let old = gateway.post("/api/v1/signin", &credentials).await.unwrap();
    assert_eq!((old.status, old.code()), (401, "BAD_CREDENTIALS"));
    assert_ne!(world.sign_up(email).await, id);
    let new = world.sign_in(email).await;
    let mine = new.api.get("/bookingService/api/v1/booking").await.unwrap();
    assert_eq!(mine.data(), &json!([]), "a new account");
    world.stack.finish().await.unwrap();
}

fn the_logs_name_nobody(stack: &Stack) {
    let mut lines = 0;
    for file in std::fs::read_dir(stack.file("logs")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        lines += text.lines().count();
        for word in TRACES {
            assert!(!text.contains(word), "{word} is in the logs");
        }
    }
    assert!(lines > 10, "{lines} lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_killed_goes_on_with_an_erasure() {
    let mut world = World::start().await;
    world.sign_up("cleo@example.test").await;
    let cleo = world.sign_in("cleo@example.test").await;
    let api = cleo.api.clone();
    let asking = tokio::spawn(async move {
        let body = json!({"currentPassword": PASSWORD});
        api.send(Method::DELETE, "/api/v1/me", &[], Some(&body))
            .await
    });
    world.becomes("the account is shut", SHUT, 1).await;
    world.stack.part_mut("gateway").kill();
    assert!(asking.await.unwrap().is_err(), "nobody answered");
    world.stack.restart("gateway").await.unwrap();
    let credentials = json!({"email": "cleo@example.test", "password": PASSWORD});
    let shut = world
        .stack
        .gateway()
        .post("/api/v1/signin", &credentials)
        .await
        .unwrap();
    assert!([401, 403].contains(&shut.status), "{}", shut.text);
    world.becomes("the account is erased", ERASED, 1).await;
    assert_eq!(world.traces().await, [""; 0]);
    world.the_books_are_clean().await;
    world.stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_waits_for_services_that_are_down() {
    let mut world = World::start().await;
    world.sign_up("cleo@example.test").await;
    let cleo = world.sign_in("cleo@example.test").await;
    let flown = world.flies(&cleo, "first").await;
    world
        .change(&format!(
            "UPDATE {{booking}}.Bookings SET firstDepartureAt = NOW(6) WHERE id = {flown}"
        ))
        .await;
    world.becomes("nothing is under way", UNDER_WAY, 0).await;
    world.stack.part_mut("booking").kill();
    world.stack.part_mut("notification").kill();
    let late = erase(&cleo.api).await;
    assert_eq!(late.status, 202, "{}", late.text);
    world.stack.restart("booking").await.unwrap();
    let blank = "SELECT COUNT(*) FROM {booking}.Bookings WHERE contactEmail <> ''";
    world.becomes("booking has erased", blank, 0).await;
    world.stack.restart("notification").await.unwrap();
    world.becomes("the account is erased", ERASED, 1).await;
    assert_eq!(world.traces().await, [""; 0]);
    world.the_books_are_clean().await;
    world.stack.finish().await.unwrap();
}
