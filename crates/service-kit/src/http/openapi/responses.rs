//! What a route may answer: its success, its own refusals, and those that all routes of its kind
//! have in common.

use std::collections::BTreeMap;

use axum::http::{HeaderName, StatusCode, header};
use serde_json::{Map, Value, json};

use super::{Operation, Shape};
use crate::http::{
    extract,
    problem::{self, Problem},
    routes::Access,
};

/// A refusal of all routes of a kind: a response of its own in the document, which they refer to.
struct Common {
    name: &'static str,
    when: &'static str,
    problem: fn() -> Problem,
    applies: fn(Access, &Shape<'_>) -> bool,
}

const COMMON: [Common; 10] = [
    Common {
        name: "Malformed",
        when: "It cannot be read: no JSON, a bad escape, a bad header.",
        problem: || Problem::malformed("The query string is malformed"),
        applies: |_, _| true,
    },
    Common {
        name: "Unauthenticated",
        when: "There is no token, or it is not valid any more.",
        problem: || Problem::unauthenticated("The token has expired"),
        applies: |access, _| access != Access::Open,
    },
    Common {
        name: "Forbidden",
        when: "You may see it but not do it.",
        problem: Problem::forbidden,
        applies: |access, _| matches!(access, Access::Roles(_) | Access::Page(_)),
    },
    Common {
        name: "NotFound",
        when: "There is no such thing, or it is not yours to know of.",
        problem: || Problem::not_found("path"),
        applies: |_, shape| shape.has_path_parameter(),
    },
    Common {
        name: "TooLarge",
        when: "The body is too large.",
        problem: extract::too_large,
        applies: |_, shape| shape.body().is_some(),
    },
    Common {
        name: "NotJson",
        when: "The body is not declared as JSON.",
        problem: extract::not_json,
        applies: |_, shape| shape.body().is_some(),
    },
    Common {
        name: "Invalid",
        when: "It can be read, but breaks a rule: `errors` names the fields or parameters.",
        problem: || Problem::field("limit", "range", "must be from 1 to 100"),
        applies: |_, _| true,
    },
    Common {
        name: "TooMany",
        when: "You ask too often.",
        problem: too_many,
        applies: |_, _| true,
    },
    Common {
        name: "Internal",
        when: "Our fault.",
        problem: Problem::internal,
        applies: |_, _| true,
    },
    Common {
        name: "Unavailable",
        when: "A service or its database is away or slow: try again.",
        problem: || Problem::unavailable("This took too long; try again"),
        applies: |_, _| true,
    },
];

impl Common {
    fn refusal(&self) -> Refusal {
        Refusal {
            when: self.when.to_owned(),
            problem: (self.problem)(),
        }
    }
}

/// A problem, and when it is answered.
struct Refusal {
    when: String,
    problem: Problem,
}

impl From<&Problem> for Refusal {
    fn from(problem: &Problem) -> Self {
        Self {
            when: format!("{}.", problem.detail()),
            problem: problem.clone(),
        }
    }
}

/// As the gateway answers for all.
fn too_many() -> Problem {
    let detail = "Too many requests; wait and try again";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", detail).retry_after(1)
}

/// `components.responses`.
pub(super) fn shared() -> Map<String, Value> {
    let shared = COMMON.iter();
    shared
        .map(|common| (common.name.to_owned(), refusal(&[common.refusal()])))
        .collect()
}

/// `responses` of an operation.
pub(super) fn of(access: Access, operation: &Operation, shape: &Shape<'_>) -> Value {
    let mut responses = successes(operation, shape);
    let mut own: BTreeMap<StatusCode, Vec<Refusal>> = BTreeMap::new();
    for problem in operation.refusals() {
        let status = own.entry(problem.status()).or_default();
        status.push(problem.into());
    }
    let applies = |common: &&Common| (common.applies)(access, shape);
    for common in COMMON.iter().filter(applies) {
        let refusal = common.refusal();
        let status = refusal.problem.status();
        match own.get_mut(&status) {
            Some(own)
                if own
                    .iter()
                    .any(|own| own.problem.code() == refusal.problem.code()) => {}
            Some(own) => own.push(refusal),
            None => {
                let shared = json!({"$ref": format!("#/components/responses/{}", common.name)});
                responses.insert(status.as_str().to_owned(), shared);
            }
        }
    }
    for (status, refusals) in own {
        responses.insert(status.as_str().to_owned(), refusal(&refusals));
    }
    responses.into()
}

fn successes(operation: &Operation, shape: &Shape<'_>) -> Map<String, Value> {
    let answer = shape.answer();
    let answer = answer.unwrap_or_else(|| panic!("{} does not say its answer", operation.id()));
    let content = json!({answer.media: {"schema": answer.schema}});
    let responses = operation.statuses().iter().map(|(status, when)| {
        let response = match *status {
            StatusCode::NOT_MODIFIED => json!({"description": when}),
            _ => json!({"description": when, "content": content}),
        };
        (status.as_str().to_owned(), response)
    });
    responses.collect()
}

/// The response of one status: which codes it may have, what each means, and how it looks.
fn refusal(refusals: &[Refusal]) -> Value {
    let lines = refusals
        .iter()
        .map(|refusal| format!("- `{}`: {}", refusal.problem.code(), refusal.when));
    let examples = refusals.iter().map(|Refusal { problem, .. }| {
        let body: Value = serde_json::from_str(&problem.body()).expect("invariant: it is JSON");
        (problem.code().to_owned(), json!({"value": body}))
    });
    let examples: Map<String, Value> = examples.collect();
    let codes: Vec<&String> = examples.keys().collect();
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    let mut response = json!({
        "description": lines.collect::<Vec<_>>().join("\n"),
        "content": {problem::MEDIA: {
            "schema": {"allOf": [problem, {"properties": {"code": {"enum": codes}}}]},
            "examples": examples,
        }},
    });
    let headers = headers(refusals);
    if !headers.is_empty() {
        response["headers"] = headers.into();
    }
    response
}

/// Those that each of the problems has, or some of them.
fn headers(refusals: &[Refusal]) -> Map<String, Value> {
    let has = |refusal: &Refusal, name: &HeaderName| {
        let mut headers = refusal.problem.headers().iter();
        headers.any(|(other, _)| other == name)
    };
    let all = refusals.iter().flat_map(|it| it.problem.headers());
    let headers = all.map(|(name, _)| {
        let schema = match *name == header::RETRY_AFTER {
            true => json!({"type": "integer", "minimum": 1, "description": "Seconds."}),
            false => json!({"type": "string"}),
        };
        let required = refusals.iter().all(|refusal| has(refusal, name));
        let header = json!({"required": required, "schema": schema});
        (name.as_str().to_owned(), header)
    });
    headers.collect()
}
