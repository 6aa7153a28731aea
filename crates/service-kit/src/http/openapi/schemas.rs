//! JSON schemas (2020-12, the dialect of OpenAPI 3.1) of what is sent and answered.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, transform};
use serde_json::{Map, Value, json};

/// The named schemas of a document. A type that is sent and answered must look the same in both.
pub struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let requests = settings.clone().for_deserialize();
        let answers = settings.for_serialize();
        Self {
            requests: requests.with_transform(plain).into_generator(),
            answers: answers
                .with_transform(plain)
                .with_transform(absent_is_not_null)
                .into_generator(),
        }
    }
}

impl Schemas {
    /// Of a `T` that a client sends.
    pub fn of_request<T: JsonSchema>(&mut self) -> Value {
        finished(&mut self.requests, |schemas| schemas.subschema_for::<T>())
    }

    /// Of a `T` that it is answered.
    pub fn of_answer<T: JsonSchema>(&mut self) -> Value {
        finished(&mut self.answers, |schemas| schemas.subschema_for::<T>())
    }

    /// Name, whether it is required, and schema of each field of a `T` that a client sends.
    pub(super) fn fields<T: JsonSchema>(&mut self) -> Vec<(String, bool, Value)> {
        let schema = finished(&mut self.requests, |schemas| T::json_schema(schemas));
        let required = |name: &str| {
            let names = schema["required"].as_array();
            names.is_some_and(|names| names.iter().any(|required| required == name))
        };
        let fields = schema["properties"].as_object();
        let fields = fields.into_iter().flatten();
        let described = fields.map(|(name, field)| {
            let mut field = field.clone();
            // A query string has no null.
            without_null(&mut field);
            (name.clone(), required(name), field)
        });
        described.collect()
    }

    /// All that have a name.
    ///
    /// # Panics
    /// When two types have one name.
    pub(super) fn finish(mut self) -> Map<String, Value> {
        let mut all = self.requests.take_definitions(true);
        for (name, schema) in self.answers.take_definitions(true) {
            let other = all.insert(name.clone(), schema.clone());
            assert!(
                other.is_none_or(|other| other == schema),
                "two types are called {name}, or one is not the same sent and answered: give one \
                 of them #[schemars(rename = \"..\")]"
            );
        }
        all
    }
}

fn finished(
    schemas: &mut SchemaGenerator,
    make: impl FnOnce(&mut SchemaGenerator) -> Schema,
) -> Value {
    let mut schema = make(schemas);
    for transform in schemas.transforms_mut() {
        transform.transform(&mut schema);
    }
    schema.to_value()
}

/// Enums as lists of their values; no `default: null`, which only says that a field may be absent.
fn plain(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some((values, meanings)) = constants(schema) {
        let about = schema.get("description").and_then(Value::as_str);
        let description = format!("{}\n\n{meanings}", about.unwrap_or_default());
        schema.remove("oneOf");
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), values.into());
        schema.insert("description".to_owned(), description.trim().into());
    }
    transform::transform_subschemas(&mut plain, schema);
}

/// The values of an enum whose variants have comments, and the comments as a list in Markdown.
fn constants(schema: &Schema) -> Option<(Vec<Value>, String)> {
    let variants = schema.get("oneOf")?.as_array()?;
    let values = variants.iter().map(|variant| variant.get("const").cloned());
    let values: Vec<Value> = values.collect::<Option<_>>()?;
    let lines = variants.iter().map(|variant| {
        let meaning = variant["description"].as_str().unwrap_or_default();
        format!(
            "- `{}`: {meaning}",
            variant["const"].as_str().unwrap_or_default()
        )
    });
    Some((values, lines.collect::<Vec<_>>().join("\n")))
}

/// Of an answer: what may be absent is left out then, so it is never null.
fn absent_is_not_null(schema: &mut Schema) {
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &String| {
        let names = required.as_array();
        names.is_some_and(|names| names.iter().any(|required| required == name))
    };
    if let Some(Value::Object(fields)) = schema.get_mut("properties") {
        let optional = fields.iter_mut().filter(|(name, _)| !is_required(name));
        optional.for_each(|(_, field)| without_null(field));
    }
    transform::transform_subschemas(&mut absent_is_not_null, schema);
}

fn without_null(field: &mut Value) {
    let null = json!({"type": "null"});
    if let Some(types) = field.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            field["type"] = only.clone();
        }
    }
    let choices = field.get_mut("anyOf").and_then(Value::as_array_mut);
    if let Some(choices) = choices {
        choices.retain(|choice| *choice != null);
        if let [only] = choices.as_slice() {
            let only = only.clone();
            field.as_object_mut().map(|field| field.remove("anyOf"));
            for (key, value) in only.as_object().into_iter().flatten() {
                field[key] = value.clone();
            }
        }
    }
}
