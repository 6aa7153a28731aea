//! What the document says of rate limits, which only the gateway knows of: its table names a policy
//! for each route, those of other services too.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};

/// One route, as `gateway limits` prints it.
#[derive(Deserialize)]
pub struct Limit {
    method: String,
    path: String,
    policy: String,
    /// How many requests, in words.
    allows: String,
}

/// The headers of draft-ietf-httpapi-ratelimit-headers-10, with an example of each.
const HEADERS: [(&str, &str, &str); 2] = [
    (
        "RateLimit-Policy",
        "The policies that cover the request: quota `q` in a window of `w` seconds.",
        "\"search\";q=300;w=60",
    ),
    (
        "RateLimit",
        "How you stand: `r` requests may be made now, and there are more after `t` seconds.",
        "\"search\";r=299;t=1",
    ),
];

/// Adds them to the document: each operation says its policy, and that answers say how one stands.
pub fn add(document: &mut Value, limits: &[Limit]) -> Result<()> {
    for (name, meaning, example) in HEADERS {
        document["components"]["headers"][name] = json!({
            "description": format!("{meaning} Not there when limits are off."),
            "schema": {"type": "string", "examples": [example]},
        });
    }
    name_headers(&mut document["components"]["responses"]["TooMany"]);
    for (path, methods) in document["paths"].as_object_mut().context("no paths")? {
        for (method, operation) in methods.as_object_mut().context("no operations")? {
            let is_this =
                |limit: &&Limit| limit.path == *path && limit.method.eq_ignore_ascii_case(method);
            let limit = limits.iter().find(is_this);
            say(
                operation,
                limit.with_context(|| format!("the gateway has no {method} {path}"))?,
            );
        }
    }
    Ok(())
}

fn say(operation: &mut Value, Limit { policy, allows, .. }: &Limit) {
    let before = operation["description"].as_str().unwrap_or_default();
    operation["description"] = format!("{before}\n\nRate limit `{policy}`: {allows}.").into();
    let responses = operation["responses"].as_object_mut();
    for (status, response) in responses.into_iter().flatten() {
        let is_own = response.get("$ref").is_none();
        if is_own && (status.starts_with('2') || status == "429") {
            name_headers(response);
        }
    }
}

fn name_headers(response: &mut Value) {
    for (name, _, _) in HEADERS {
        response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(path: &str) -> Vec<Limit> {
        let limit = json!([{"method": "GET", "path": path, "policy": "search", "allows": "7"}]);
        serde_json::from_value(limit).unwrap()
    }

    fn document() -> Value {
        let responses = json!({"200": {}, "429": {"$ref": "#/components/responses/TooMany"}});
        let operation = json!({"description": "Open.", "responses": responses});
        json!({
            "paths": {"/a": {"get": operation}},
            "components": {"responses": {"TooMany": {}}},
        })
    }

    #[test]
    fn an_operation_says_its_policy_and_its_answers_how_one_stands() {
        let mut whole = document();
        add(&mut whole, &limits("/a")).unwrap();
        let operation = &whole["paths"]["/a"]["get"];
        assert_eq!(operation["description"], "Open.\n\nRate limit `search`: 7.");
        let named = json!({
            "RateLimit": {"$ref": "#/components/headers/RateLimit"},
            "RateLimit-Policy": {"$ref": "#/components/headers/RateLimit-Policy"},
        });
        assert_eq!(operation["responses"]["200"]["headers"], named);
        assert_eq!(operation["responses"]["429"].get("headers"), None);
        assert_eq!(
            whole["components"]["responses"]["TooMany"]["headers"],
            named
        );
    }

    #[test]
    fn an_operation_that_the_gateway_does_not_have_is_an_error() {
        let refused = add(&mut document(), &limits("/b")).unwrap_err().to_string();
        assert_eq!(refused, "the gateway has no get /a");
    }
}
