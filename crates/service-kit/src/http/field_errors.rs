//! From serde's and validator's errors to the field as the client sent it.

use validator::{ValidationErrors, ValidationErrorsKind};

use super::problem::FieldError;

/// Names the field of a serde data error: the path, or the name in backticks when serde speaks of
/// an unknown, missing or duplicate field of the object at that path.
pub(super) fn data_error(path: &str, message: &str) -> FieldError {
    let parent = path
        .trim_matches('.')
        .trim_end_matches('?')
        .trim_end_matches('.');
    let message = message.split(" at line ").next().unwrap_or(message);
    let about_field = ["unknown field", "missing field", "duplicate field"]
        .iter()
        .find(|kind| message.starts_with(**kind));
    match (about_field, message.split('`').nth(1)) {
        (Some(kind), Some(name)) => {
            let is_named = parent == name || parent.ends_with(&format!(".{name}"));
            let field = match (parent, is_named) {
                ("", _) => name.to_owned(),
                (_, true) => parent.to_owned(),
                (_, false) => format!("{parent}.{name}"),
            };
            let word = kind.split(' ').next().unwrap_or("invalid");
            let rule = match word {
                "unknown" => "is not a field of this request",
                "missing" => "is required",
                _ => "is given twice",
            };
            FieldError::new(field, word, rule)
        }
        _ => FieldError::new(
            if parent.is_empty() { "body" } else { parent },
            "type",
            message,
        ),
    }
}

/// The broken rules of a value, with the field names in camelCase as the client sent them.
pub fn field_errors(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut found = vec![];
    collect("", errors, &mut found);
    found.sort_by(|a, b| a.field.cmp(&b.field));
    found
}

fn collect(prefix: &str, errors: &ValidationErrors, found: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        let name = camel_case(name);
        let path = match (prefix, name.as_str()) {
            (prefix, "__all__") => prefix.to_owned(),
            ("", name) => name.to_owned(),
            (prefix, name) => format!("{prefix}.{name}"),
        };
        match kind {
            ValidationErrorsKind::Field(rules) => found.extend(rules.iter().map(|rule| {
                let message = rule
                    .message
                    .as_deref()
                    .map_or_else(|| default_message(rule), str::to_owned);
                let field = match rule.params.get("field").and_then(|field| field.as_str()) {
                    Some(field) => field.to_owned(),
                    None => path.clone(),
                };
                FieldError::new(field, &rule.code, message)
            })),
            ValidationErrorsKind::Struct(inner) => collect(&path, inner, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{path}[{index}]"), inner, found);
                }
            }
        }
    }
}

fn default_message(rule: &validator::ValidationError) -> String {
    let bound = |name: &str| rule.params.get(name).map(ToString::to_string);
    match (rule.code.as_ref(), bound("min"), bound("max")) {
        ("range", Some(min), Some(max)) => format!("must be from {min} to {max}"),
        ("range", Some(min), None) => format!("must be at least {min}"),
        ("range", None, Some(max)) => format!("must be at most {max}"),
        ("length", Some(min), Some(max)) => format!("must have {min} to {max} characters or items"),
        ("length", ..) => "has the wrong length".to_owned(),
        ("email", ..) => "must be an e-mail address".to_owned(),
        (code, ..) => format!("breaks the rule {code}"),
    }
}

fn camel_case(snake: &str) -> String {
    if snake.starts_with("__") {
        return snake.to_owned();
    }
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
