//! Checks of a part of the API's document.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::routes::{Access, Routes};

/// The document of `routes`, checked: each route that people may call has one operation, but for
/// what a page of ours asks (`/ui`), and there are no others; each operation has a name of its own; whatever is referred to is there.
///
/// # Panics
/// When it is not so, naming what is wrong and where to mend it.
pub fn sound_document<S: Clone + Send + Sync + 'static, D>(routes: &Routes<S, D>) -> Value {
    let document = routes.document();
    let lines = routes.table().iter();
    let public = lines.filter(|route| !matches!(route.access, Access::Services(_)));
    let public = public.filter(|route| !route.path.starts_with("/ui"));
    let public = public.map(|route| (route.method.to_lowercase(), route.path.to_owned()));
    let operations: Vec<_> = operations(&document).collect();
    let documented = operations
        .iter()
        .map(|(path, method, _)| (method.to_string(), path.to_string()));
    let (public, documented): (BTreeSet<_>, BTreeSet<_>) = (public.collect(), documented.collect());
    let missing: Vec<_> = public.symmetric_difference(&documented).collect();
    assert!(
        missing.is_empty(),
        "routes without an operation, or the other way round: add them to the documented table in \
         routes.rs, each with an Operation: {missing:?}"
    );
    let ids: BTreeSet<_> = operations
        .iter()
        .map(|(.., operation)| operation["operationId"].as_str())
        .collect();
    assert_eq!(ids.len(), operations.len(), "two operations have one name");
    for reference in references(&document) {
        let pointer = reference.strip_prefix('#');
        let target = pointer.and_then(|pointer| document.pointer(pointer));
        assert!(target.is_some(), "{reference} leads nowhere");
    }
    document
}

/// Path, method and operation of each.
pub fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path, method, operation))
    })
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            own.into_iter()
                .chain(fields.values().flat_map(references))
                .collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => vec![],
    }
}
