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
            in_plain_words(message),
        ),
    }
}

/// Serde speaks of Rust's types and quotes the value; a client is told what it should send, and
/// nothing that it sent is echoed.
fn in_plain_words(message: &str) -> String {
    if message.starts_with("unknown variant") {
        let choices: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        return format!("must be one of {}", choices.join(", "));
    }
    let from_text = ["invalid digit", "cannot parse integer", "number too"];
    if from_text.iter().any(|start| message.starts_with(start)) {
        return "must be a whole number within range".to_owned();
    }
    let Some((_, expected)) = message.split_once("expected ") else {
        return message.to_owned();
    };
    let is_integer = expected.starts_with(['i', 'u']) && expected[1..].parse::<u8>().is_ok();
    let wanted = match expected {
        _ if is_integer => "a whole number within range",
        "f64" => "a number",
        "a string" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        _ if expected.starts_with("struct ") => "an object",
        other => other,
    };
    format!("must be {wanted}")
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

#[cfg(test)]
mod tests {
    use super::in_plain_words;

    #[test]
    fn clients_are_told_what_to_send_in_their_words() {
        let table = [
            (
                r#"invalid type: string "4111", expected u32"#,
                "must be a whole number within range",
            ),
            (
                "invalid value: integer `-1`, expected i64",
                "must be a whole number within range",
            ),
            (
                "invalid digit found in string",
                "must be a whole number within range",
            ),
            (
                "invalid type: integer `7`, expected a string",
                "must be text",
            ),
            (
                "invalid length 0, expected struct Request with 11 elements",
                "must be an object",
            ),
            (
                "invalid type: integer `1`, expected a sequence",
                "must be a list",
            ),
            (
                "unknown variant `GOD`, expected one of `A`, `B`",
                "must be one of A, B",
            ),
            (
                "must be two airport codes such as JFK-LAX",
                "must be two airport codes such as JFK-LAX",
            ),
        ];
        for (serde, plain) in table {
            assert_eq!(in_plain_words(serde), plain);
        }
    }
}
