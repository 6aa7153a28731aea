//! Extractors that answer bad input with a problem naming the field.

use std::collections::HashMap;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;
use validator::Validate;

use super::{
    field_errors::{data_error, field_errors},
    problem::Problem,
};

/// The largest request body in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A JSON body that was read whole, has no unknown field and passes its rules.
pub struct ValidJson<T>(pub T);

impl<T, S> FromRequest<S> for ValidJson<T>
where
    T: DeserializeOwned + Validate,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        require_json(&request)?;
        let bytes = read_body(request.into_body()).await?;
        parse_json(&bytes).map(Self)
    }
}

fn require_json(request: &Request) -> Result<(), Problem> {
    let declared = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let essence = declared
        .and_then(|v| v.split(';').next())
        .unwrap_or("")
        .trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(not_json())
}

/// 415 for a body that is not declared as JSON.
pub(super) fn not_json() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "MALFORMED",
        "The body must be JSON: send content-type: application/json",
    )
}

async fn read_body(body: Body) -> Result<axum::body::Bytes, Problem> {
    to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let over_limit = std::error::Error::source(&error)
            .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
        match over_limit {
            true => too_large(),
            false => Problem::malformed("The body could not be read"),
        }
    })
}

/// 413 for a body over [`BODY_LIMIT`].
pub fn too_large() -> Problem {
    let detail = format!("The body is larger than {BODY_LIMIT} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "MALFORMED", detail)
}

/// Reads and validates JSON bytes, as [`ValidJson`] does.
pub fn parse_json<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        let out_of_range = cause.to_string().contains("number out of range");
        if cause.is_data() || out_of_range {
            return Problem::validation(vec![data_error(&path, &cause.to_string())]);
        }
        // Where an enum is expected, serde_json calls `true` or `1` a syntax error.
        match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            Ok(_) => Problem::validation(vec![data_error(&path, "has the wrong type")]),
            Err(_) => Problem::malformed(format!("The body is not valid JSON: {cause}")),
        }
    })?;
    reader
        .end()
        .map_err(|_| Problem::malformed("There is more after the JSON value"))?;
    // serde also reads a struct from an array of its fields' values: no request says so.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Problem::field("body", "type", "must be an object"));
    }
    value
        .validate()
        .map_err(|errors| Problem::validation(field_errors(&errors)))?;
    Ok(value)
}

/// A query string with no unknown parameter that passes its rules.
pub struct ValidQuery<T>(pub T);

impl<T, S> FromRequestParts<S> for ValidQuery<T>
where
    T: DeserializeOwned + Validate,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or("");
        // serde_urlencoded does not say which parameter failed: read pair by pair first.
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
            .map_err(|_| Problem::malformed("The query string is malformed"))?;
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let value: T = serde_path_to_error::deserialize(reader).map_err(|error| {
            let path = error.path().to_string();
            let message = error.into_inner().to_string();
            let path = match path.as_str() {
                "." | "?" => pair_at_fault::<T>(&pairs).unwrap_or(path),
                _ => path,
            };
            Problem::validation(vec![data_error(&path, &message)])
        })?;
        value
            .validate()
            .map_err(|errors| Problem::validation(field_errors(&errors)))?;
        Ok(Self(value))
    }
}

fn pair_at_fault<T: DeserializeOwned>(pairs: &[(String, String)]) -> Option<String> {
    pairs
        .iter()
        .find(|pair| {
            let alone = serde_urlencoded::to_string([pair]).unwrap_or_default();
            serde_urlencoded::from_str::<T>(&alone).is_err()
        })
        .map(|(name, _)| name.clone())
}

/// The `{id}` of the path: a positive 64-bit integer, else 422 naming `id`.
pub struct Id(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let PathIds(mut ids) = PathIds::from_request_parts(parts, state).await?;
        ids.remove("id")
            .map(Self)
            .ok_or_else(|| Problem::not_found("resource"))
    }
}

/// All parameters of the path by name, each a positive 64-bit integer, else 422 naming it.
pub struct PathIds(pub HashMap<String, i64>);

impl<S: Send + Sync> FromRequestParts<S> for PathIds {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::malformed("The path is malformed"))?;
        params
            .iter()
            .map(|(name, raw)| Ok((name.to_owned(), positive(name, raw)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn positive(name: &str, raw: &str) -> Result<i64, Problem> {
    let digits = raw.bytes().all(|byte| byte.is_ascii_digit());
    raw.parse()
        .ok()
        .filter(|id| digits && *id > 0)
        .ok_or_else(|| Problem::field(name, "id", "must be a positive integer"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Order {
        #[validate(range(min = 1, max = 9))]
        no_of_seats: u32,
        #[serde(default)]
        #[validate(nested)]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Item {
        #[validate(range(min = 1))]
        flight_id: i64,
    }

    fn fault(json: &str) -> (u16, Vec<(String, String)>) {
        let problem = parse_json::<Order>(json.as_bytes()).expect_err("bad input");
        let errors = problem
            .errors()
            .iter()
            .map(|e| (e.field.clone(), e.code.clone()))
            .collect();
        (problem.status().as_u16(), errors)
    }

    fn one(field: &str, code: &str) -> (u16, Vec<(String, String)>) {
        (422, vec![(field.to_owned(), code.to_owned())])
    }

    #[test]
    fn every_kind_of_bad_field_is_named() {
        assert_eq!(
            fault(r#"{"noOfSeats":1,"admin":true}"#),
            one("admin", "unknown")
        );
        assert_eq!(fault(r#"{}"#), one("noOfSeats", "missing"));
        assert_eq!(
            fault(r#"{"noOfSeats":1,"noOfSeats":2}"#),
            one("noOfSeats", "duplicate")
        );
        assert_eq!(fault(r#"{"noOfSeats":1.5}"#), one("noOfSeats", "type"));
        assert_eq!(fault(r#"{"noOfSeats":true}"#), one("noOfSeats", "type"));
        assert_eq!(fault(r#"{"noOfSeats":-1}"#), one("noOfSeats", "type"));
        assert_eq!(fault(r#"{"noOfSeats":1e999}"#), one("noOfSeats", "type"));
        assert_eq!(fault(r#"{"noOfSeats":0}"#), one("noOfSeats", "range"));
        assert_eq!(
            fault(r#"{"noOfSeats":1,"items":[{"flightId":1},{"flightId":0}]}"#),
            one("items[1].flightId", "range")
        );
        assert_eq!(
            fault(r#"{"noOfSeats":1,"items":[{"flightId":1,"x":1}]}"#),
            one("items[0].x", "unknown")
        );
        assert_eq!(fault(r#"[]"#), one("body", "type"));
        assert_eq!(fault(r#"{"noOfSeats":"#).0, 400);
        assert_eq!(fault(r#"{"noOfSeats":1} x"#).0, 400);
    }
}
