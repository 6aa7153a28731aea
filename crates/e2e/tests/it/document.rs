//! The committed document of the API against the gateway's table of routes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use service_kit::http::routes::Access;

const DOCUMENT: &str = include_str!("../../../gateway/openapi.json");

/// What the dashboard's page asks is its own: nobody else is promised anything.
const DASHBOARD: &str = "/bookingService/ui";

#[test]
fn the_document_has_every_route_of_the_gateway_with_its_permission_and_no_other() {
    let table = gateway::routes::routes();
    let routes: BTreeMap<_, _> = table
        .table()
        .iter()
        .filter(|route| !route.path.starts_with(DASHBOARD))
        .map(|route| {
            let request = format!("{} {}", route.method.to_lowercase(), route.path);
            (request, security(route.access))
        })
        .collect();
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut documented = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let request = format!("{method} {path}");
            documented.insert(request, operation["security"].clone());
        }
    }
    assert_eq!(
        routes, documented,
        "routes and document differ (left: routes): say what a new one does by an Operation in its \
         service's routes.rs, run `cargo xtask openapi`, commit crates/gateway/openapi.json"
    );
}

/// Who may, as the document says it.
fn security(access: Access) -> Value {
    match access {
        Access::Open => Value::Null,
        Access::SignedIn => json!([{"accessToken": []}]),
        Access::Roles(roles) | Access::Page(roles) => roles
            .iter()
            .map(|role| json!({"accessToken": [role]}))
            .collect(),
        Access::Services(_) => json!("nobody's"),
    }
}
