//! What people type of themselves: parsed at the edge, checked by validator's rules.

use std::{borrow::Cow, collections::HashSet, fmt, sync::LazyLock};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use service_kit::config::Secret;
use validator::{ValidateEmail, ValidationError};

/// The longest e-mail address in characters (RFC 5321's path without its brackets).
const EMAIL_MAX: usize = 254;
/// The longest display name in characters.
const NAME_MAX: usize = 100;
/// The shortest password that is taken when one is chosen, in characters.
pub(super) const PASSWORD_MIN: usize = 8;
/// The most common passwords of that length, in lower case.
static COMMON_PASSWORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/common-passwords.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});
/// The longest password in characters.
const PASSWORD_MAX: usize = 256;

/// An e-mail address, trimmed and in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Email(String);

impl From<String> for Email {
    fn from(raw: String) -> Self {
        Self(raw.trim().to_lowercase())
    }
}

impl Email {
    /// The address as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an address at all.
    pub fn rule(&self) -> Result<(), ValidationError> {
        let fits = self.0.chars().count() <= EMAIL_MAX;
        // What separates or encloses addresses in a mail's header; validator lets some of it pass.
        let foreign = |c: char| c.is_control() || c.is_whitespace() || "<>()[],;:\"\\".contains(c);
        match fits && self.0.validate_email() && !self.0.contains(foreign) {
            true => Ok(()),
            false => Err(broken("email", "must be an e-mail address")),
        }
    }
}

/// What somebody is called, trimmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct DisplayName(String);

impl From<String> for DisplayName {
    fn from(raw: String) -> Self {
        Self(raw.trim().to_owned())
    }
}

impl DisplayName {
    /// The name as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 1 to 100 characters, none of them a control character.
    pub fn rule(&self) -> Result<(), ValidationError> {
        let length = self.0.chars().count();
        match (1..=NAME_MAX).contains(&length) && !self.0.chars().any(char::is_control) {
            true => Ok(()),
            false => Err(broken("length", "must have 1 to 100 printable characters")),
        }
    }
}

/// A password as typed. Never printed; an answer to a wrong type does not repeat it.
#[derive(Clone)]
pub struct Password(Secret);

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(reader).map_err(|error| {
            match error.to_string().starts_with("invalid type") {
                true => D::Error::custom("must be text"),
                false => error,
            }
        })?;
        Ok(Self::new(raw))
    }
}

/// validator puts the value of a broken field beside the rule: `***`.
impl Serialize for Password {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.collect_str(&self.0)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Password {
    /// A password as somebody typed it.
    pub fn new(raw: impl Into<String>) -> Self {
        Self(Secret::new(raw))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Fit to be chosen: 8 to 256 characters, and not what everybody tries first.
    pub fn rule_for_new(&self) -> Result<(), ValidationError> {
        self.length_rule(PASSWORD_MIN, "must have 8 to 256 characters")?;
        match COMMON_PASSWORDS.contains(self.expose().to_lowercase().as_str()) {
            false => Ok(()),
            true => Err(broken("common", "is one of the most common passwords")),
        }
    }

    /// Short enough to be looked at: 1 to 256 characters, since one brought over may be short.
    pub fn rule_for_known(&self) -> Result<(), ValidationError> {
        self.length_rule(1, "must have 1 to 256 characters")
    }

    fn length_rule(&self, least: usize, message: &'static str) -> Result<(), ValidationError> {
        match (least..=PASSWORD_MAX).contains(&self.expose().chars().count()) {
            true => Ok(()),
            false => Err(broken("length", message)),
        }
    }
}

/// How what is typed looks in the API's document, each where it stands.
macro_rules! looks_like {
    ($($name:ident $schema:tt)+) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

looks_like! {
    Email {
        "type": "string", "format": "email", "maxLength": EMAIL_MAX,
        "examples": ["ada@example.com"],
    }
    DisplayName {"type": "string", "minLength": 1, "maxLength": NAME_MAX, "examples": ["Ada"]}
    Password {"type": "string", "format": "password", "minLength": 1, "maxLength": PASSWORD_MAX}
}

/// A broken rule with its message.
pub(super) fn broken(code: &'static str, message: &'static str) -> ValidationError {
    ValidationError::new(code).with_message(message.into())
}

/// The same, of several fields that are looked at together; `field` is at fault.
pub(super) fn of_field(
    field: &'static str,
    code: &'static str,
    message: &'static str,
) -> ValidationError {
    let mut error = broken(code, message);
    error.add_param("field".into(), &field);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_trimmed_and_lower_case() {
        let email = Email::from("  Ada@Example.TEST ".to_owned());
        assert_eq!(email.as_str(), "ada@example.test");
        assert!(email.rule().is_ok());
    }

    #[test]
    fn what_is_no_email_is_refused() {
        let long = format!("{}@example.test", "x".repeat(250));
        for raw in [
            "",
            "ada",
            "@example.test",
            "ada@",
            "a b@example.test",
            "a@b.test, c <d>[127.0.0.1]",
            "ada@[127.0.0.1]",
            "a\0@e.test",
            &long,
        ] {
            assert!(Email::from(raw.to_owned()).rule().is_err(), "{raw:?}");
        }
    }

    #[test]
    fn a_new_password_has_8_to_256_characters() {
        let rule = |length| Password::new("ä".repeat(length)).rule_for_new().is_ok();
        assert_eq!([7, 8, 256, 257].map(rule), [false, true, true, false]);
    }

    #[test]
    fn what_everybody_tries_first_is_no_new_password() {
        for common in ["password", "PassWord1", "1q2w3e4r", "12345678"] {
            let password = Password::new(common);
            let refused = password.rule_for_new().expect_err(common);
            assert_eq!(refused.code, "common");
            assert!(
                password.rule_for_known().is_ok(),
                "somebody may have it still"
            );
        }
        assert!(COMMON_PASSWORDS.len() > 8_000);
        assert!(
            COMMON_PASSWORDS
                .iter()
                .all(|known| known.len() >= PASSWORD_MIN)
        );
    }

    #[test]
    fn a_password_never_prints() {
        assert_eq!(format!("{:?}", Password::new("hunter2hunter2")), "***");
        let error = serde_json::from_str::<Password>("12345678").expect_err("a number");
        assert!(!error.to_string().contains("12345678"));
    }
}
