//! The OpenAPI 3.1 document of a table of routes. Paths, methods and permissions come from the
//! table; parameters, bodies and answers from the handlers' signatures; limits from the rules that
//! check them; refusals from the problems themselves. What is left to say of a route is an
//! [`Operation`].
//!
//! Start reading at `document`.

mod operation;
mod responses;
mod schemas;
mod signature;

use std::io::{Write, stdout};

use serde_json::{Map, Value, json};

pub use operation::Operation;
pub use schemas::Schemas;
pub use signature::{Answer, Input, Output, Shape, Signature};

use super::{
    problem::Body,
    routes::{Access, RouteInfo, Routes},
};

/// Writes the document of `routes` to stdout: a part of the one that clients see.
pub fn print<S: Clone + Send + Sync + 'static, D>(routes: &Routes<S, D>) -> anyhow::Result<()> {
    writeln!(stdout(), "{:#}", routes.document())?;
    Ok(())
}

/// A route with all that is known of it.
#[derive(Clone)]
pub(super) struct Described {
    pub(super) route: RouteInfo,
    /// The heading it stands under.
    pub(super) heading: &'static str,
    pub(super) operation: Operation,
    /// What the handler's signature says.
    pub(super) describe: fn(&mut Shape<'_>),
}

/// The name of the access token among the security schemes.
const ACCESS_TOKEN: &str = "accessToken";

/// The document of these routes, without a title: each service's is a part of one.
pub(super) fn document(routes: &[Described]) -> Value {
    let mut schemas = Schemas::default();
    let mut paths = Map::new();
    let mut headings: Vec<&str> = vec![];
    for described in routes {
        if !headings.contains(&described.heading) {
            headings.push(described.heading);
        }
        let path = paths.entry(described.route.path).or_insert(json!({}));
        path[described.route.method.to_lowercase()] = operation(described, &mut schemas);
    }
    let tags: Vec<_> = headings.iter().map(|name| json!({"name": name})).collect();
    schemas.of_answer::<Body<'static>>();
    json!({
        "openapi": "3.1.0",
        "info": {"title": "", "version": env!("CARGO_PKG_VERSION")},
        "tags": tags,
        "paths": paths,
        "components": {
            "responses": responses::shared(),
            "schemas": schemas.finish(),
            "securitySchemes": {ACCESS_TOKEN: {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The `jwt` of a sign-in.",
            }},
        },
    })
}

fn operation(described: &Described, schemas: &mut Schemas) -> Value {
    let Described {
        route, operation, ..
    } = described;
    let mut shape = Shape::new(route.path, schemas);
    operation.begin(&mut shape);
    (described.describe)(&mut shape);
    let mut value = json!({
        "operationId": operation.id(),
        "summary": operation.summary(),
        "description": description(operation, route.access),
        "tags": [described.heading],
        "responses": responses::of(route.access, operation, &shape),
    });
    if !shape.parameters().is_empty() {
        value["parameters"] = shape.parameters().into();
    }
    if let Some(body) = shape.body() {
        value["requestBody"] = json!({
            "required": true,
            "content": {"application/json": {"schema": body}},
        });
    }
    if let Some(security) = security(route.access) {
        value["security"] = security;
    }
    value
}

/// Roles are named as OpenAPI 3.1 allows for a bearer token; one of the alternatives is enough.
fn security(access: Access) -> Option<Value> {
    match access {
        Access::Open => None,
        Access::SignedIn | Access::Services(_) => Some(json!([{ACCESS_TOKEN: []}])),
        Access::Roles(roles) | Access::Page(roles) => {
            let alternatives = roles.iter().map(|role| json!({ACCESS_TOKEN: [role]}));
            Some(alternatives.collect())
        }
    }
}

fn description(operation: &Operation, access: Access) -> String {
    let who = match access {
        Access::Open => "Open to everybody.".to_owned(),
        Access::SignedIn | Access::Services(_) => "For everybody who is signed in.".to_owned(),
        Access::Roles(roles) | Access::Page(roles) => format!("For {}.", roles.join(" and ")),
    };
    match operation.description() {
        "" => who,
        more => format!("{more}\n\n{who}"),
    }
}
