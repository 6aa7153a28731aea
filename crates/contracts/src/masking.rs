//! What may be shown of a job to somebody who keeps the queues running: what it is about, and
//! nothing of the person. What is not known to be harmless is masked.

use serde_json::{Map, Value};

/// What stands for what is not shown.
const MASK: &str = "•••";

/// Fields of payloads that say nothing of a person.
const HARMLESS: [&str; 12] = [
    "bookingId",
    "holdId",
    "jobId",
    "userId",
    "templateId",
    "reference",
    "total",
    "refunded",
    "flightNumber",
    "departure",
    "arrival",
    "seats",
];

/// A payload without personal data: the fields stay, so that one sees what is there.
pub fn payload(payload: &Value) -> Value {
    object_or("", payload)
}

fn object_or(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.iter().map(field).collect::<Map<_, _>>()),
        Value::Array(items) => items.iter().map(|item| object_or(name, item)).collect(),
        Value::String(shown) => Value::String(match HARMLESS.contains(&name) {
            true => text(shown),
            false => hidden(name, shown),
        }),
        other => other.clone(),
    }
}

fn field((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), object_or(name, value))
}

/// A subject is ours but for what it may quote; links keep where they lead; airports and, masked,
/// addresses are single words. The rest is hidden.
fn hidden(name: &str, value: &str) -> String {
    match name {
        "subject" | "link" => text(value),
        "from" | "to" if value.contains('@') && !value.contains(' ') => word(value),
        "from" | "to" if value.len() == 3 => value.to_owned(),
        _ if value.is_empty() => String::new(),
        _ => MASK.to_owned(),
    }
}

/// Words without e-mail addresses, without what follows `?` or `#` of links, and without what looks
/// like a token.
pub fn text(words: &str) -> String {
    let masked = words.split(' ').map(word);
    masked.collect::<Vec<_>>().join(" ")
}

fn word(word: &str) -> String {
    if let Some((local, domain)) = word.split_once('@') {
        return address(local, domain);
    }
    if word.contains("://")
        && let Some((place, _)) = word.split_once(['?', '#'])
    {
        return format!("{place}?{MASK}");
    }
    match is_token(word) {
        true => MASK.to_owned(),
        false => word.to_owned(),
    }
}

/// Keeps what tells mail servers apart: `a•••@example.test`.
fn address(local: &str, domain: &str) -> String {
    let is_letter = |letter: &char| letter.is_alphanumeric();
    let opening: String = local
        .chars()
        .take_while(|letter| !is_letter(letter))
        .collect();
    let first = local
        .chars()
        .find(is_letter)
        .map_or(String::new(), String::from);
    format!("{opening}{first}{MASK}@{}", domain.replace('@', MASK))
}

/// Ids of ours have 26 characters in capitals; tokens are longer, or mix their case.
fn is_token(word: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_mixed = word.bytes().any(|byte| byte.is_ascii_lowercase())
        && word.bytes().any(|byte| byte.is_ascii_digit());
    word.bytes().all(is_part) && (word.len() > 40 || (word.len() >= 20 && is_mixed))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_of_the_person_is_left_of_a_payload() {
        let of_booking = json!({
            "bookingId": 7, "to": "ann@example.test", "subject": "Your booking ABC234 is confirmed",
            "templateId": "booking_success", "userId": 5,
            "params": {"name": "Ann Example", "reference": "ABC234", "total": "USD 218.00",
                       "refunded": false, "flights": [{"flightNumber": "AA100", "from": "JFK", "to": "LAX",
                       "departure": "Thu 24 Dec 2026 18:05", "arrival": "x", "seats": 2}]},
        });
        let masked = payload(&of_booking);
        assert_eq!(masked["to"], "a•••@example.test");
        assert_eq!(masked["params"]["name"], MASK);
        assert_eq!(masked["params"]["flights"], of_booking["params"]["flights"]);
        assert_eq!(masked["subject"], of_booking["subject"]);
        let all = masked.to_string();
        assert!(!all.contains("Ann") && !all.contains("ann@"), "{all}");
    }

    #[test]
    fn a_link_keeps_where_it_leads_and_no_token() {
        let mail = json!({"params": {"link": "https://airside.example/verify?token=q83vEjRWeJASNFZ4kKvN7"}});
        let masked = payload(&mail);
        assert_eq!(
            masked["params"]["link"],
            "https://airside.example/verify?•••"
        );
    }

    #[test]
    fn a_field_that_nobody_knows_is_hidden() {
        let masked = payload(&json!({"seatOf": "Ann", "ages": [7], "who": {"nick": "Annie"}}));
        assert_eq!(
            masked,
            json!({"seatOf": MASK, "ages": [7], "who": {"nick": MASK}})
        );
    }

    #[test]
    fn what_a_mail_server_says_names_nobody() {
        assert_eq!(
            text("550 5.1.1 <ann.example@example.test>: unknown, see https://x.test/h?u=ann"),
            "550 5.1.1 <a•••@example.test>: unknown, see https://x.test/h?•••"
        );
        assert_eq!(text("token q83vEjRWeJASNFZ4kKvN7 used"), "token ••• used");
        assert_eq!(
            text("job 01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            "job 01ARZ3NDEKTSV4RRFFQ69G5FAV"
        );
    }
}
