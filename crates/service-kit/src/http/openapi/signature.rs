//! What a handler's signature says of requests and answers.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json,
    extract::{ConnectInfo, Path, Request, State},
    http::HeaderMap,
    response::Response,
};
use jsonwebtoken::jwk::JwkSet;
use schemars::JsonSchema;
use serde_json::{Value, json};

use super::Schemas;
use crate::http::{
    extract::{Id, PathIds, ValidJson, ValidQuery},
    layers::{Caller, CallerSession},
    reply::{Listed, Page, Reply},
};

/// The request and the answer of a route, while they are found out.
pub struct Shape<'a> {
    schemas: &'a mut Schemas,
    parameters: Vec<Value>,
    needs: Vec<Value>,
    body: Option<Value>,
    answer: Option<Answer>,
}

/// A successful answer's body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its media type.
    pub media: &'static str,
    /// Its JSON schema.
    pub schema: Value,
}

impl<'a> Shape<'a> {
    /// Of a route whose path is `path`, where each parameter is an id unless it is said otherwise.
    pub(super) fn new(path: &str, schemas: &'a mut Schemas) -> Self {
        let names = path.split('{').skip(1);
        let names = names.filter_map(|rest| rest.split_once('}'));
        let id = json!({"type": "integer", "format": "int64", "minimum": 1});
        let parameters = names
            .map(|(name, _)| json!({"in": "path", "name": name, "required": true, "schema": id}))
            .collect();
        Self {
            schemas,
            parameters,
            needs: vec![],
            body: None,
            answer: None,
        }
    }

    /// The schema of a `T` that is sent.
    pub fn schema<T: JsonSchema>(&mut self) -> Value {
        self.schemas.of_request::<T>()
    }

    /// The parameter of the path called `name` is no id, but this.
    pub fn path(&mut self, name: &str, schema: Value) {
        let parameters = self.parameters.iter_mut();
        for parameter in parameters.filter(|parameter| parameter["name"] == name) {
            parameter["schema"] = schema.clone();
        }
    }

    /// There is a header called `name`.
    pub fn header(&mut self, name: &str, required: bool, schema: Value, description: &str) {
        self.parameters.push(json!({
            "in": "header",
            "name": name,
            "required": required,
            "description": description,
            "schema": schema,
        }));
    }

    /// The body has one of these fields at least, none of which is required by itself.
    pub fn needs_one_of(&mut self, fields: &[&str]) {
        let each = fields.iter().map(|field| json!({"required": [field]}));
        self.needs.push(json!({"anyOf": each.collect::<Vec<_>>()}));
    }

    /// The body is a `T`.
    fn sends<T: JsonSchema>(&mut self) {
        let body = self.schemas.of_request::<T>();
        self.body = Some(match self.needs.is_empty() {
            true => body,
            false => {
                self.needs.insert(0, body);
                json!({"allOf": self.needs})
            }
        });
    }

    /// Each field of `T` is a parameter of the query string.
    fn asks<T: JsonSchema>(&mut self) {
        for (name, required, mut schema) in self.schemas.fields::<T>() {
            let description = schema
                .as_object_mut()
                .and_then(|it| it.remove("description"));
            self.parameters.push(json!({
                "in": "query",
                "name": name,
                "required": required,
                "description": description,
                "schema": schema,
            }));
        }
    }

    /// The answer is a `T` in the envelope.
    pub fn answers<T: JsonSchema>(&mut self) {
        let data = self.schemas.of_answer::<T>();
        self.answers_with("application/json", envelope(data, None));
    }

    fn answers_page_of<T: JsonSchema>(&mut self) {
        let items = self.schemas.of_answer::<T>();
        let page = self.schemas.of_answer::<Page>();
        let data = json!({"type": "array", "items": items});
        self.answers_with("application/json", envelope(data, Some(page)));
    }

    /// The answer's body is this, without an envelope.
    pub fn answers_with(&mut self, media: &'static str, schema: Value) {
        self.answer.get_or_insert(Answer { media, schema });
    }

    pub(super) fn has_path_parameter(&self) -> bool {
        self.parameters.iter().any(|it| it["in"] == "path")
    }

    pub(super) fn parameters(&self) -> &[Value] {
        &self.parameters
    }

    pub(super) fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    pub(super) fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }
}

fn envelope(data: Value, page: Option<Value>) -> Value {
    let mut envelope = json!({
        "type": "object",
        "required": ["success", "message", "data"],
        "properties": {
            "success": {"const": true},
            "message": {"type": "string", "description": "What was done, for people."},
            "data": data,
        },
    });
    if let Some(page) = page {
        envelope["properties"]["page"] = page;
        envelope["required"] = json!(["success", "message", "data", "page"]);
    }
    envelope
}

/// What an extractor takes from a request.
#[diagnostic::on_unimplemented(
    message = "the API's document does not know the extractor `{Self}`",
    note = "`impl Input for` it (service_kit::http::openapi): an empty one if no client sends it"
)]
pub trait Input {
    /// Says what is to be sent; nothing unless it is implemented.
    fn describe(_: &mut Shape<'_>) {}
}

impl<S> Input for State<S> {}
impl Input for ConnectInfo<SocketAddr> {}
impl Input for HeaderMap {}
impl Input for Request {}
impl Input for Caller {}
impl Input for CallerSession {}
/// Parameters of the path are known from the path.
impl Input for Id {}
impl Input for PathIds {}
impl<T> Input for Path<T> {}

impl<T: JsonSchema> Input for ValidJson<T> {
    fn describe(shape: &mut Shape<'_>) {
        shape.sends::<T>();
    }
}

impl<T: JsonSchema> Input for ValidQuery<T> {
    fn describe(shape: &mut Shape<'_>) {
        shape.asks::<T>();
    }
}

/// What a handler returns.
#[diagnostic::on_unimplemented(
    message = "the API's document does not know the answer `{Self}`",
    note = "`impl Output for` it (service_kit::http::openapi)"
)]
pub trait Output {
    /// Says what is answered.
    fn describe(shape: &mut Shape<'_>);
}

impl<T: JsonSchema> Output for Reply<T> {
    fn describe(shape: &mut Shape<'_>) {
        shape.answers::<T>();
    }
}

impl<T: JsonSchema> Output for Listed<T> {
    fn describe(shape: &mut Shape<'_>) {
        shape.answers_page_of::<T>();
    }
}

/// Refusals are said by the [`super::Operation`]: an error has more variants than any one route
/// answers.
impl<T: Output, E> Output for Result<T, E> {
    fn describe(shape: &mut Shape<'_>) {
        T::describe(shape);
    }
}

/// Whatever its [`super::Operation`] says.
impl Output for Response {
    fn describe(_: &mut Shape<'_>) {}
}

impl Output for Json<Arc<JwkSet>> {
    fn describe(shape: &mut Shape<'_>) {
        let text = json!({"type": "string"});
        let key = json!({
            "type": "object",
            "required": ["kty", "crv", "x", "kid", "alg"],
            "properties": {
                "kty": {"const": "OKP"}, "crv": {"const": "Ed25519"}, "alg": {"const": "EdDSA"},
                "x": text, "kid": text, "use": text,
            },
        });
        let keys = json!({"type": "array", "items": key});
        shape.answers_with(
            "application/json",
            json!({"type": "object", "required": ["keys"], "properties": {"keys": keys}}),
        );
    }
}

/// A handler whose extractors and answer say what they are; `T` is what axum's `Handler` has.
pub trait Signature<T> {
    /// Says it.
    fn describe(shape: &mut Shape<'_>);
}

impl<F, Answering> Signature<((),)> for F
where
    F: FnOnce() -> Answering,
    Answering: Future<Output: Output>,
{
    fn describe(shape: &mut Shape<'_>) {
        <Answering::Output as Output>::describe(shape);
    }
}

macro_rules! signature {
    ($($input:ident)+) => {
        impl<F, Answering, By, $($input),+> Signature<(By, $($input,)+)> for F
        where
            F: FnOnce($($input),+) -> Answering,
            Answering: Future<Output: Output>,
            $($input: Input),+
        {
            fn describe(shape: &mut Shape<'_>) {
                $($input::describe(shape);)+
                <Answering::Output as Output>::describe(shape);
            }
        }
    };
}

signature!(A);
signature!(A B);
signature!(A B C);
signature!(A B C D);
signature!(A B C D E);
signature!(A B C D E G);
