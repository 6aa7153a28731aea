//! Gives every field of a body wrong in every way.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{World, merged};

/// What no field takes, by what the field wants.
pub fn not_a_number() -> Vec<Value> {
    vec![
        json!("1"),
        json!(true),
        json!(1.5),
        json!(-1),
        json!(0),
        json!(1e30),
        json!(u64::MAX),
        json!([1]),
        json!({}),
    ]
}

pub fn not_a_text() -> Vec<Value> {
    vec![
        json!(1),
        json!(true),
        json!(1.5),
        json!([]),
        json!({}),
        json!(""),
        json!("  "),
    ]
}

pub struct Field {
    name: &'static str,
    required: bool,
    /// Whether null is a value (it clears the field, or is as good as leaving it out).
    nullable: bool,
    bad: Vec<Value>,
}

pub fn number(name: &'static str, more: &[Value]) -> Field {
    field(name, not_a_number(), more)
}

pub fn text(name: &'static str, more: &[Value]) -> Field {
    field(name, not_a_text(), more)
}

pub fn field(name: &'static str, mut bad: Vec<Value>, more: &[Value]) -> Field {
    bad.extend(more.iter().cloned());
    Field {
        name,
        required: false,
        nullable: false,
        bad,
    }
}

pub fn required(field: Field) -> Field {
    Field {
        required: true,
        ..field
    }
}

pub fn nullable(field: Field) -> Field {
    Field {
        nullable: true,
        ..field
    }
}

pub fn degrees(name: &'static str, beyond: f64) -> Field {
    let bad = vec![json!("1"), json!(true), json!([]), json!({})];
    field(name, bad, &[json!(beyond), json!(-beyond), json!(1e300)])
}

pub fn long(length: usize) -> Value {
    json!("x".repeat(length))
}

/// Sends each bad value of each field, an unknown field, and the body without each required one.
pub async fn sweep(world: &World, method: Method, path: &str, good: Value, fields: Vec<Field>) {
    let token = match path.starts_with("/internal") {
        true => world.booking(),
        false => world.admin(),
    };
    let send = async |body: Value| world.send(method.clone(), path, &token, Some(body)).await;
    let before = world.rows().await;
    for field in fields {
        let mut bad = field.bad;
        if !field.nullable {
            bad.push(Value::Null);
        }
        for value in bad {
            let mut body = good.clone();
            body[field.name] = value.clone();
            let answer = send(body).await;
            let named = &answer.body["errors"][0]["field"];
            assert_eq!(
                (answer.status, named.as_str()),
                (422, Some(field.name)),
                "{method} {path}: {} = {value}: {}",
                field.name,
                answer.body
            );
        }
        if field.required {
            send(merged(good.clone(), json!({field.name: null})))
                .await
                .names(field.name);
        }
    }
    send(merged(good.clone(), json!({"isAdmin": true})))
        .await
        .names("isAdmin");
    // An array of the fields' values is no body, although serde would take it.
    let values: Vec<Value> = good
        .as_object()
        .expect("an object")
        .values()
        .cloned()
        .collect();
    for whole in [json!([]), json!("x"), json!(1), json!(null)] {
        send(whole).await.names("body");
    }
    send(json!(values)).await.is_problem(422, "VALIDATION");
    not_json(world, &method, path, &token).await;
    assert_eq!(
        world.rows().await,
        before,
        "{method} {path} wrote something"
    );
}

pub async fn not_json(world: &World, method: &Method, path: &str, token: &str) {
    let url = format!("{}{path}", world.running.url);
    let client = service_kit::testing::http();
    let request = || client.request(method.clone(), &url).bearer_auth(token);
    let json = || request().header(header::CONTENT_TYPE, "application/json");
    for malformed in ["", "{", "{'a':1}", "\u{0}"] {
        let response = json().body(malformed).send().await.expect("an answer");
        assert_eq!(
            response.status(),
            StatusCode::BAD_REQUEST,
            "{method} {path} {malformed:?}"
        );
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
    let response = request().body("{}").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = format!("{{\"x\":\"{}\"}}", "y".repeat(70_000));
    let response = json().body(large).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

pub const CODES: [&str; 4] = ["JF", "JFKX", "jfk", "J K"];

pub fn code(name: &'static str) -> Field {
    text(name, &CODES.map(|code| json!(code)))
}

pub fn time(name: &'static str) -> Field {
    let bad = [
        "2027-01-01",
        "2027-01-01T00:00:00",
        "2027-13-01T00:00:00Z",
        "soon",
        "1767225600",
    ];
    text(name, &bad.map(|time| json!(time)))
}

pub fn airport_fields() -> Vec<Field> {
    vec![
        text("country", &[json!("us"), json!("USA"), json!("U1")]),
        degrees("latitude", 90.1),
        degrees("longitude", 180.1),
        text(
            "timezone",
            &[
                json!("Mars/Olympus"),
                json!("EST5"),
                json!("America/new_york"),
            ],
        ),
    ]
}
