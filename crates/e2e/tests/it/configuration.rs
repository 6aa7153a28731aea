//! What keeps a service from starting: it ends, and says which variable is at fault.

use std::time::Duration;

use e2e::stack::ports;

use crate::{
    processes::{SERVICES, readiness},
    shared,
};

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
        ("gateway", "SERVICE_KEY", ""),
        ("gateway", "SERVICE_KEY", "/nowhere/at-all.pem"),
        ("gateway", "JWT_EXPIRY", "never"),
        ("gateway", "RATE_LIMIT_MAX", "-1"),
        ("gateway", "METRICS_ADDR", "5001"),
        ("gateway", "METRICS", "loud"),
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
        ("booking", "SERVICE_JWKS", ""),
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
async fn a_service_tells_a_container_engine_whether_it_is_ready() {
    let stack = shared::stack().await;
    for service in SERVICES {
        let mut launch = stack.part(service).launch.clone();
        launch.arguments = vec!["health".to_owned()];
        launch.run("").unwrap();
        launch.set("HOST", "0.0.0.0");
        launch.run("").unwrap();
        launch.set("PORT", &ports::free().unwrap().to_string());
        let fault = launch.run("").unwrap_err().to_string();
        assert!(fault.contains("nobody answers"), "{service}: {fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_may_lie_in_a_file_and_one_that_is_missing_is_named() {
    let stack = shared::stack().await;
    let mut launch = stack.part("payment-sandbox").launch.clone();
    let named = |name: &&(String, String)| name.0 == "DATABASE_URL";
    let url = launch.environment.iter().find(named).unwrap().1.clone();
    launch
        .environment
        .retain(|(name, _)| name != "DATABASE_URL");
    let file = stack.file("a-secret");
    launch.set("DATABASE_URL_FILE", &file.display().to_string());
    launch.set("PORT", &ports::free().unwrap().to_string());
    launch.log = stack.file("a-secret.out");

    let mut process = launch.start().unwrap();
    let ended = process.wait(Duration::from_secs(5)).await.unwrap();
    assert_ne!(ended.code(), Some(0));
    let said = std::fs::read_to_string(&launch.log).unwrap();
    assert!(said.contains("DATABASE_URL_FILE: cannot read "), "{said}");

    std::fs::write(&file, url + "\n").unwrap();
    let _process = launch.start().unwrap();
    launch.arguments = vec!["health".to_owned()];
    shared::eventually(
        "it is ready",
        async || launch.run("").is_ok(),
        |ready| *ready,
    )
    .await;
}
