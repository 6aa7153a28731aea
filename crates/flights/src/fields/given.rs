//! Fields that may be left out.

use std::{borrow::Cow, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

/// A field that may be left out (`#[serde(default)]`), but is no null when it is there: that null
/// leaves a field as it is would be a guess. `Given<Option<T>>` may be null, which clears it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Given<T>(pub Option<T>);

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for Given<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

impl<T: JsonSchema> JsonSchema for Given<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        T::json_schema(schemas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Change {
        #[serde(default)]
        price: Given<i64>,
        #[serde(default)]
        gate: Given<Option<String>>,
    }

    #[test]
    fn absent_null_and_given_differ() {
        let read = serde_json::from_str::<Change>;
        let absent = read("{}").expect("good");
        assert!(absent.price.is_none() && absent.gate.is_none());
        assert!(read(r#"{"price":null}"#).is_err());
        let cleared = read(r#"{"price":7,"gate":null}"#).expect("good");
        assert_eq!((cleared.price.0, cleared.gate.0), (Some(7), Some(None)));
    }
}
