//! The services as processes: ready or not, told to stop, misconfigured, away.

use std::time::{Duration, Instant};

use e2e::{
    stack::{Choice, Options, Stack},
    traveller::Traveller,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::shared;

const SERVICES: [&str; 5] = [
    "gateway",
    "flights",
    "booking",
    "notification",
    "payment-sandbox",
];

async fn readiness(stack: &Stack, service: &str) -> u16 {
    let url = format!("{}/readyz", stack.part(service).url());
    let answer = stack
        .http
        .get(url)
        .timeout(Duration::from_secs(3))
        .send()
        .await;
    answer.map_or(0, |answer| answer.status().as_u16())
}

/// How long until all services' readiness is `status`.
async fn all_become(stack: &Stack, status: u16) -> Duration {
    let started = Instant::now();
    let each = SERVICES.map(|service| async move {
        while readiness(stack, service).await != status {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "{service} never is {status}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    futures::future::join_all(each).await;
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_follows_the_database() {
    let options = Options {
        database: Choice::Private,
        ..Options::for_tests()
    };
    let mut stack = Stack::start(&options).await.unwrap();
    stack.mariadb.as_mut().unwrap().kill();
    let lost = all_become(&stack, 503).await;
    assert!(lost < Duration::from_secs(3), "{lost:?}");
    for service in SERVICES {
        let live = stack
            .http
            .get(format!("{}/livez", stack.part(service).url()));
        assert_eq!(
            live.send().await.unwrap().status(),
            200,
            "{service} is alive"
        );
    }
    let search = stack
        .gateway()
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    assert_eq!(
        (search.status, search.code()),
        (503, "UPSTREAM_DOWN"),
        "{}",
        search.text
    );
    assert!(!search.header("retry-after").is_empty());
    stack.mariadb.as_mut().unwrap().restart().unwrap();
    let back = all_become(&stack, 200).await;
    assert!(back < Duration::from_secs(5), "{back:?}");
    let search = stack
        .gateway()
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    assert_eq!(search.status, 200, "{}", search.text);
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_finishes_what_it_does_and_exits_0() {
    let options = Options::for_tests().with("payment-sandbox", "CHARGE_DELAY_MS", "2000");
    let mut stack = Stack::start(&options).await.unwrap();
    let flight = flight_of(&stack).await;
    for service in ["booking", "gateway", "payment-sandbox"] {
        let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
        let booking = someone.must_book(flight, 1).await.unwrap();
        let paying = tokio::spawn(async move { someone.pay(&booking, "slow").await });
        tokio::time::sleep(Duration::from_millis(700)).await;
        let told = Instant::now();
        stack.part(service).signal_stop();
        let paid = paying.await.unwrap().unwrap();
        assert_eq!(paid.status, 200, "{service} in flight: {}", paid.text);
        let status = stack.part_mut(service).wait_end().await.unwrap();
        assert_eq!(status.code(), Some(0), "{service}");
        assert!(
            told.elapsed() < Duration::from_secs(15),
            "{service} {:?}",
            told.elapsed()
        );
        stack.restart(service).await.unwrap();
    }
    for service in SERVICES {
        let told = Instant::now();
        stack.part(service).signal_stop();
        let status = stack.part_mut(service).wait_end().await.unwrap();
        assert_eq!(status.code(), Some(0), "{service}");
        assert!(
            told.elapsed() < Duration::from_secs(15),
            "{service} {:?}",
            told.elapsed()
        );
    }
    stack.finish().await.unwrap();
}

/// The id of a flight with room, in a stack without data.
async fn flight_of(stack: &Stack) -> i64 {
    use e2e::bench::data::{Shape, make};
    let mut root = stack.database.root().await.unwrap();
    let shape = Shape {
        count: 3,
        seats: 100,
        hot_seats: 100,
    };
    make(&mut root, &stack.database.schemas, shape)
        .await
        .unwrap()
        .hot
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_is_503_with_retry_after_in_time() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = flight_of(&stack).await;
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    someone.must_book(flight, 1).await.unwrap();

    stack.part_mut("flights").kill();
    let started = Instant::now();
    let search = someone
        .api
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    let booked = someone.book(flight, 1).await.unwrap();
    for answer in [search, booked] {
        assert_eq!(
            (answer.status, answer.code()),
            (503, "UPSTREAM_DOWN"),
            "{}",
            answer.text
        );
        assert!(!answer.header("retry-after").is_empty());
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    assert!(
        started.elapsed() < Duration::from_secs(12),
        "{:?}",
        started.elapsed()
    );
    stack.restart("flights").await.unwrap();
    let search = someone
        .api
        .get("/flightsService/api/v1/flight")
        .await
        .unwrap();
    assert_eq!(search.status, 200, "and it is back at once");

    hangs_and_is_given_up(&stack, &someone).await;
    stack.finish().await.unwrap();
}

/// A service that accepts and never answers.
async fn hangs_and_is_given_up(stack: &Stack, someone: &Traveller) {
    let booking = stack
        .part("booking")
        .pid()
        .and_then(|pid| Pid::from_raw(pid as i32))
        .unwrap();
    kill_process(booking, Signal::STOP).unwrap();
    let started = Instant::now();
    let mine = someone.api.get("/bookingService/api/v1/booking").await;
    let took = started.elapsed();
    kill_process(booking, Signal::CONT).unwrap();
    let mine = mine.unwrap();
    assert_eq!(
        (mine.status, mine.code()),
        (503, "UPSTREAM_DOWN"),
        "{}",
        mine.text
    );
    assert!(!mine.header("retry-after").is_empty());
    assert!(took < Duration::from_secs(14), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_port_is_taken_ends_and_says_so() {
    let stack = shared::stack().await;
    for service in SERVICES {
        let mut launch = stack.part(service).launch.clone();
        launch.log = stack.file(&format!("{service}-taken.out"));
        let mut process = launch.start().unwrap();
        let status = process.wait(Duration::from_secs(10)).await.unwrap();
        assert_ne!(status.code(), Some(0), "{service}");
        let said = std::fs::read_to_string(&launch.log).unwrap();
        assert!(said.contains("PORT"), "{service}: {said}");
        assert_eq!(
            readiness(stack, service).await,
            200,
            "the first one goes on"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_configuration_stops_the_start_and_names_the_variable() {
    let stack = shared::stack().await;
    let cases = [
        ("gateway", "DATABASE_URL", ""),
        ("gateway", "DATABASE_URL", "postgres://nobody@nowhere/x"),
        ("gateway", "PORT", "many"),
        ("gateway", "JWT_KEYS", ""),
        ("gateway", "JWT_KEYS", "/nowhere/at-all.pem"),
        ("gateway", "JWT_EXPIRY", "never"),
        ("gateway", "RATE_LIMIT_MAX", "-1"),
        ("gateway", "FLIGHT_SERVICE", "nonsense"),
        ("flights", "DATABASE_URL", ""),
        ("flights", "PORT", "99999"),
        ("flights", "SERVICE_JWKS", ""),
        ("flights", "SERVICE_JWKS", "/nowhere/at-all.json"),
        ("flights", "DEFAULT_CURRENCY", "dollars"),
        ("booking", "DATABASE_URL", ""),
        ("booking", "PORT", "-1"),
        ("booking", "SERVICE_KEY", ""),
        ("booking", "SERVICE_KEY", "/nowhere/at-all.pem"),
        ("booking", "HOLD_TTL_SECONDS", "5"),
        ("booking", "MAX_UNPAID_HOLDS", "few"),
        ("booking", "REDIS_URL", "http://127.0.0.1"),
        ("booking", "PAYMENT_URL", "nonsense"),
        ("notification", "DATABASE_URL", ""),
        ("notification", "PORT", "1.5"),
        ("notification", "SERVICE_JWKS", ""),
        ("notification", "SMTP_URL", "nonsense"),
        ("notification", "MAIL_FROM", "nobody at nowhere"),
        ("notification", "REDIS_URL", "nonsense"),
        ("payment-sandbox", "DATABASE_URL", ""),
        ("payment-sandbox", "PORT", "x"),
        ("payment-sandbox", "SERVICE_JWKS", ""),
        ("payment-sandbox", "CHARGE_DELAY_MS", "soon"),
    ];
    let mut faults: Vec<String> = vec![];
    for (at, (service, variable, value)) in cases.into_iter().enumerate() {
        let mut launch = stack.part(service).launch.clone();
        launch
            .environment
            .retain(|(name, _)| name != variable && name != "PORT");
        if variable != "PORT" {
            launch.environment.push(("PORT".to_owned(), "0".to_owned()));
        }
        launch
            .environment
            .push((variable.to_owned(), value.to_owned()));
        launch.log = stack.file(&format!("bad-{at}.out"));
        let mut process = launch.start().unwrap();
        let ended = process.wait(Duration::from_secs(5)).await;
        let said = std::fs::read_to_string(&launch.log).unwrap();
        let failed = ended.is_ok_and(|status| status.code() != Some(0));
        if !failed || !said.contains(variable) {
            faults.push(format!(
                "{service} {variable}={value} (failed: {failed}) says: {said}"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_a_problem_and_every_path_takes_a_slash() {
    let gateway = shared::gateway().await;
    for (path, status) in [
        ("/nowhere", 404),
        ("/flightsService/api/v1/nowhere", 404),
        ("/flightsService/api/v1/flight/0", 422),
        ("/flightsService/api/v1/flight/999999999", 404),
        ("/flightsService/api/v1/flight?sort=colour", 422),
        ("/flightsService/api/v1/flight?colour=red", 422),
        ("/bookingService/api/v1/booking", 401),
    ] {
        let answer = gateway.get(path).await.unwrap();
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert!(
            answer.status == status || (status == 422 && [400, 404].contains(&answer.status)),
            "{path}: {}",
            answer.text
        );
        assert_eq!(answer.body["success"], json!(false), "{path}");
        for member in [
            "type",
            "title",
            "status",
            "detail",
            "code",
            "correlationId",
            "message",
        ] {
            assert!(
                !answer.body[member].is_null(),
                "{path} has no {member}: {}",
                answer.text
            );
        }
    }
    for path in [
        "/api/v1/ping",
        "/flightsService/api/v1/ping",
        "/bookingService/api/v1/ping/health",
    ] {
        let plain = gateway.get(path).await.unwrap();
        let slash = gateway.get(&format!("{path}/")).await.unwrap();
        assert_eq!((plain.status, slash.status), (200, 200), "{path}");
        assert_eq!(plain.text, slash.text);
    }
}
