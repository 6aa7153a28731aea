//! Who may do what: every line of the table of routes.

use reqwest::Method;
use serde_json::json;

use crate::harness::{World, hold_id};

/// Every write of the public table, with a body that would be good for an administrator.
fn writes() -> Vec<(Method, &'static str, bool)> {
    let company = true;
    let admins = false;
    vec![
        (Method::POST, "/city", admins),
        (Method::PUT, "/city", admins),
        (Method::PATCH, "/city", admins),
        (Method::PUT, "/city/1", admins),
        (Method::PATCH, "/city/1", admins),
        (Method::DELETE, "/city/1", admins),
        (Method::POST, "/airport", admins),
        (Method::PUT, "/airport", admins),
        (Method::PATCH, "/airport", admins),
        (Method::PUT, "/airport/1", admins),
        (Method::PATCH, "/airport/1", admins),
        (Method::DELETE, "/airport/1", admins),
        (Method::POST, "/airline", admins),
        (Method::POST, "/airplane", company),
        (Method::PUT, "/airplane", company),
        (Method::PATCH, "/airplane", company),
        (Method::PUT, "/airplane/1", company),
        (Method::PATCH, "/airplane/1", company),
        (Method::DELETE, "/airplane/1", company),
        (Method::POST, "/airplane/1/seat", company),
        (Method::DELETE, "/airplane/1/seat/1", company),
        (Method::POST, "/flight", company),
        (Method::PUT, "/flight/1", company),
        (Method::PATCH, "/flight/1", company),
        (Method::DELETE, "/flight/1", company),
        (Method::PATCH, "/flight/1/seats", company),
        (Method::GET, "/flight/1/load", company),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_refused_to_whom_it_is_not_for() {
    let world = World::new().await;
    let customer = world.identities.customer(1);
    let company = world.identities.airline("AA");
    let service = world.booking();
    for (method, path, for_company) in writes() {
        let full = format!("/api/v1{path}");
        let call = async |token: &str| {
            world
                .send(method.clone(), &full, token, Some(json!({})))
                .await
        };
        call("").await.is_problem(401, "UNAUTHENTICATED");
        call("nonsense").await.is_problem(401, "UNAUTHENTICATED");
        call(&service).await.is_problem(401, "UNAUTHENTICATED");
        call(&customer).await.is_problem(403, "FORBIDDEN");
        let answer = call(&company).await;
        match for_company {
            true => assert!(
                ![401, 403].contains(&answer.status),
                "{method} {path} {}",
                answer.body
            ),
            false => answer.is_problem(403, "FORBIDDEN"),
        }
        let answer = call(&world.admin()).await;
        assert!(
            ![401, 403].contains(&answer.status),
            "{method} {path} {}",
            answer.body
        );
    }
}

#[test]
fn the_table_has_no_other_writes() {
    let table = flights::routes::routes();
    let public = table.table().iter().filter(|route| {
        let is_load = route.path.ends_with("/load");
        route.path.starts_with("/api/v1") && (route.method != "GET" || is_load)
    });
    assert_eq!(public.count(), writes().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_the_inventory() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    for path in [
        "/ping".to_owned(),
        "/ping/health".to_owned(),
        "/city".to_owned(),
        "/city/1".to_owned(),
        "/airport".to_owned(),
        "/airport/1".to_owned(),
        "/airline".to_owned(),
        "/airplane".to_owned(),
        "/airplane/1".to_owned(),
        "/airplane/1/seat".to_owned(),
        "/flight".to_owned(),
        format!("/flight/{flight}"),
        format!("/flight/{flight}/"),
    ] {
        world.get(&path).await.data(200);
    }
    assert_eq!(world.get("/ping").await.data(200), "Pong!");
    assert_eq!(world.get("/ping/health").await.data(200), "OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_are_for_booking_alone() {
    let world = World::new().await;
    let id = hold_id();
    let routes = [
        (Method::PUT, format!("/internal/v1/holds/{id}")),
        (Method::POST, format!("/internal/v1/holds/{id}/sell")),
        (Method::DELETE, format!("/internal/v1/holds/{id}")),
    ];
    let elsewhere = world.identities.booking_token("notification");
    for (method, path) in routes {
        for token in [
            "",
            "nonsense",
            &world.admin(),
            &world.identities.customer(1),
            &elsewhere,
        ] {
            let answer = world
                .send(method.clone(), &path, token, Some(json!({})))
                .await;
            answer.is_problem(401, "UNAUTHENTICATED");
        }
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM SeatHolds").await, 0);
}
