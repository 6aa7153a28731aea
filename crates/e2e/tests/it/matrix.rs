//! Who may do what: everybody asks for everything at every door. What must be answered is written
//! down in [`rules`], beside the tables of routes, not read from them.

mod bookings;
mod callers;
mod forgery;
mod inventory;
mod resources;
mod rules;
pub mod tables;
mod tokens;
mod walk;

use std::collections::BTreeSet;

use callers::Cast;
use reqwest::Method;
use tables::{Door, PREFIXES, Route};
use walk::Walk;

#[test]
fn every_route_is_classified() {
    let unknown: Vec<_> = tables::all()
        .iter()
        .filter(|route| rules::who_may(route.service, route.request).is_none())
        .map(|route| format!("{} {}", route.service, route.request))
        .collect();
    assert!(
        unknown.is_empty(),
        "decide in matrix/rules.rs, by api.md, who may do: {unknown:#?}"
    );
}

#[test]
fn each_table_says_what_its_row_says() {
    let may = |route: &Route| rules::who_may(route.service, route.request).unwrap();
    let wrong: Vec<_> = tables::all()
        .iter()
        .filter(|route| !may(route).is(route.access))
        .map(|route| (may(route), route))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_gateway_hands_on_what_the_services_answer_and_nothing_else() {
    let of = |door| -> BTreeSet<String> {
        let routes = tables::all().iter();
        routes
            .filter(|route| route.door == door && !route.is_internal())
            .filter(|route| PREFIXES.iter().any(|(name, _)| *name == route.service))
            .map(|route| format!("{} {}", route.service, route.request))
            .collect()
    };
    let (handed_on, answered) = (of(Door::Gateway), of(Door::Direct));
    let unreachable: Vec<_> = answered.difference(&handed_on).collect();
    // Through the gateway the dashboard signs in at the gateway's own.
    let sign_in = ["refresh", "signin", "signout"].map(|what| format!("booking POST /ui/{what}"));
    assert_eq!(unreachable, sign_in.iter().collect::<Vec<_>>());
    let unanswered: Vec<_> = handed_on.difference(&answered).collect();
    assert!(unanswered.is_empty(), "{unanswered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_admits_and_refuses_as_its_row_says() {
    let cast = Cast::assemble().await;
    let mut walk = Walk::default();
    let (last, routes): (Vec<_>, Vec<_>) = tables::all().iter().partition(ends_the_session);
    for route in routes.iter().copied() {
        let may = rules::who_may(route.service, route.request).unwrap();
        for spelling in walk::spellings(route) {
            walk.everybody(&cast, route, may, &spelling).await;
        }
    }
    for route in last.iter().copied() {
        let may = rules::who_may(route.service, route.request).unwrap();
        let cast = Cast::assemble().await;
        walk.everybody(&cast, route, may, &walk::path(route)).await;
    }
    walk.finish(routes.len() + last.len());
}

/// Who asks for these successfully cannot ask again.
fn ends_the_session(route: &&Route) -> bool {
    const ENDS: [(&str, &str); 4] = [
        ("gateway", "POST /api/v1/signout"),
        ("gateway", "POST /api/v1/signout/all"),
        ("gateway", "DELETE /api/v1/me"),
        ("booking", "POST /ui/signout"),
    ];
    ENDS.contains(&(route.service, route.request))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_internal_is_reached_through_the_gateway() {
    let cast = Cast::assemble().await;
    let mut walk = Walk::default();
    let own = ["GET /metrics", "GET /livez", "GET /readyz"];
    let internal: Vec<_> = tables::all().iter().filter(|r| r.is_internal()).collect();
    let prefixes = PREFIXES.iter().map(|(_, prefix)| *prefix);
    for prefix in prefixes.chain(["", "/paymentService", "/payment-sandbox"]) {
        for route in &internal {
            let path = format!("{prefix}{}", walk::path(route));
            walk.nobody(&cast, route.service, &route.method(), &path)
                .await;
        }
        // The gateway's own health is for its load balancer; behind a prefix it is others'.
        for request in own.iter().filter(|_| !prefix.is_empty()) {
            let path = request.replace("GET ", prefix);
            walk.nobody(&cast, "gateway", &Method::GET, &path).await;
        }
    }
    walk.nobody(&cast, "gateway", &Method::GET, "/metrics")
        .await;
    walk.finish(internal.len());
}
