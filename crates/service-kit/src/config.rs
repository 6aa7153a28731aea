//! Configuration from the environment. A fault stops the start and names the variable.

mod duration;
mod secret;

use std::{
    collections::{BTreeMap, HashMap},
    fmt, fs,
    net::SocketAddr,
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

pub use duration::parse_duration;
pub use secret::Secret;

/// A variable that is missing or makes no sense. Its message starts with the variable's name and
/// never repeats the value of a secret.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    /// Name of the environment variable.
    pub variable: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl ConfigError {
    /// A fault of `variable`.
    pub fn new(variable: &str, problem: impl Into<String>) -> Self {
        Self {
            variable: variable.to_owned(),
            problem: problem.into(),
        }
    }
}

/// `DATABASE_URL_FILE`, `MIGRATE_DATABASE_URL_FILE`, `DATABASE_PASSWORD_FILE`, `REDIS_URL_FILE`,
/// `SMTP_URL_FILE`, `MAIL_PASS_FILE`, `AUDIT_DATABASE_URL_FILE`: the file that has the value instead,
/// such as /run/secrets/redis-url; a line's end at its end is left out.
const IN_FILES: [&str; 7] = [
    "DATABASE_URL",
    "MIGRATE_DATABASE_URL",
    "DATABASE_PASSWORD",
    "REDIS_URL",
    "SMTP_URL",
    "MAIL_PASS",
    "AUDIT_DATABASE_URL",
];

/// Where configuration is read from: the process's environment, or a map in tests. An empty value
/// counts as absent.
#[derive(Clone, Debug, Default)]
pub struct Env {
    values: HashMap<String, Secret>,
    asked: Asked,
}

/// Each name that was asked for, with its default: what the table of all variables must say.
type Asked = Arc<Mutex<BTreeMap<String, String>>>;

impl Env {
    /// The environment of this process, with the secrets that it says are in files.
    pub fn from_process() -> Result<Self, ConfigError> {
        Self::from_pairs(std::env::vars()).with_files()
    }

    fn with_files(mut self) -> Result<Self, ConfigError> {
        for name in IN_FILES {
            let variable = format!("{name}_FILE");
            let Some(path) = self.optional(&variable) else {
                continue;
            };
            let fault = |problem: String| Err(ConfigError::new(&variable, problem));
            if self.optional(name).is_some() {
                return fault(format!("is set, and so is {name}"));
            }
            let value = match fs::read_to_string(path) {
                Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
                Err(error) => return fault(format!("cannot read {path}: {error}")),
            };
            if value.is_empty() {
                return fault(format!("{path} is empty"));
            }
            self.values.insert(name.to_owned(), Secret::new(value));
        }
        Ok(self)
    }

    /// An environment made of `pairs`.
    pub fn from_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        let pairs = pairs.into_iter();
        Self {
            values: pairs
                .map(|(name, value)| (name.into(), Secret::new(value)))
                .collect(),
            asked: Asked::default(),
        }
    }

    /// Every name that was asked for so far, with the default that holds without it.
    pub fn asked(&self) -> BTreeMap<String, String> {
        let asked = self.asked.lock();
        asked.expect("invariant: no panic under the lock").clone()
    }

    fn note(&self, name: &str, default: &dyn fmt::Display) {
        let mut asked = self
            .asked
            .lock()
            .expect("invariant: no panic under the lock");
        asked.insert(name.to_owned(), default.to_string());
    }

    /// The value, if it is set and not empty.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.note(name, &"");
        self.values
            .get(name)
            .map(Secret::expose)
            .filter(|value| !value.is_empty())
    }

    /// The value; absent is an error.
    pub fn required(&self, name: &str) -> Result<&str, ConfigError> {
        self.optional(name)
            .ok_or_else(|| ConfigError::new(name, "is required and not set"))
    }

    /// The value or a default.
    pub fn text(&self, name: &str, default: &str) -> String {
        let value = self.optional(name).unwrap_or(default).to_owned();
        self.note(name, &default);
        value
    }

    /// A parsed value within `range`, or a default.
    pub fn number<T>(
        &self,
        name: &str,
        default: T,
        range: std::ops::RangeInclusive<T>,
    ) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let raw = self.optional(name);
        self.note(name, &default);
        let Some(raw) = raw else {
            return Ok(default);
        };
        let bounds = format!(
            "must be a whole number from {} to {}",
            range.start(),
            range.end()
        );
        match raw.parse::<T>() {
            Ok(value) if range.contains(&value) => Ok(value),
            _ => Err(ConfigError::new(name, bounds)),
        }
    }

    /// A span of time such as `15m`, `60s`, `1d`, `500ms`; a bare number is seconds.
    pub fn duration(&self, name: &str, default: Duration) -> Result<Duration, ConfigError> {
        match self.optional(name) {
            None => Ok(default),
            Some(raw) => parse_duration(raw)
                .ok_or_else(|| ConfigError::new(name, "must be a duration such as 15m, 60s, 1d")),
        }
    }

    /// A base URL without a trailing slash.
    pub fn url(&self, name: &str, default: &str) -> Result<String, ConfigError> {
        let raw = self.optional(name).unwrap_or(default);
        self.note(name, &default);
        let parsed = raw.parse::<axum::http::Uri>().ok();
        match parsed.filter(|uri| uri.host().is_some() && uri.scheme().is_some()) {
            Some(_) => Ok(raw.trim_end_matches('/').to_owned()),
            None => Err(ConfigError::new(
                name,
                "must be a URL such as http://127.0.0.1:3500",
            )),
        }
    }

    /// The address to listen on, from `HOST` (default 127.0.0.1) and `PORT`.
    pub fn listen_address(&self, default_port: u16) -> Result<SocketAddr, ConfigError> {
        let host = self.text("HOST", "127.0.0.1");
        let ip = host
            .parse()
            .map_err(|_| ConfigError::new("HOST", "must be an IP address such as 127.0.0.1"))?;
        let port = self.number("PORT", default_port, 0..=u16::MAX)?;
        Ok(SocketAddr::new(ip, port))
    }

    /// The Redis server, from `REDIS_URL` (`redis://`, `rediss://`) or `REDIS_HOST`, `REDIS_PORT`.
    pub fn redis_url(&self) -> Result<Secret, ConfigError> {
        if let Some(url) = self.optional("REDIS_URL") {
            return match url.starts_with("redis://") || url.starts_with("rediss://") {
                true => Ok(Secret::new(url)),
                false => Err(ConfigError::new(
                    "REDIS_URL",
                    "must start with redis:// or rediss://",
                )),
            };
        }
        let host = self.text("REDIS_HOST", "127.0.0.1");
        let port = self.number("REDIS_PORT", 6379u16, 1..=u16::MAX)?;
        Ok(Secret::new(format!("redis://{host}:{port}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_value_names_its_variable() {
        let env = Env::from_pairs([
            ("HOLD_TTL_SECONDS", "5"),
            ("URL", "nonsense"),
            ("FOR", "3x"),
        ]);
        let number = env
            .number("HOLD_TTL_SECONDS", 600, 60..=900)
            .expect_err("out of range");
        assert_eq!(
            number.to_string(),
            "HOLD_TTL_SECONDS: must be a whole number from 60 to 900"
        );
        assert!(
            env.url("URL", "")
                .expect_err("no url")
                .to_string()
                .starts_with("URL: ")
        );
        assert!(env.duration("FOR", Duration::ZERO).is_err());
        assert!(
            env.required("MISSING")
                .expect_err("missing")
                .to_string()
                .starts_with("MISSING: ")
        );
    }

    #[test]
    fn a_secret_may_lie_in_a_file() {
        let file = std::env::temp_dir().join(format!("airside-secret-{}", std::process::id()));
        let path = file.display().to_string();
        let read = |pairs: &[(&str, &str)]| Env::from_pairs(pairs.iter().copied()).with_files();
        let named = ("REDIS_URL_FILE", path.as_str());

        let missing = read(&[named]).expect_err("there is no such file");
        assert!(missing.to_string().starts_with("REDIS_URL_FILE: "));
        assert!(missing.to_string().contains(&path), "{missing}");

        fs::write(&file, "redis://:secret@redis:6379\n").expect("a file");
        let env = read(&[named]).expect("it is there");
        assert_eq!(
            env.optional("REDIS_URL"),
            Some("redis://:secret@redis:6379")
        );
        let both = read(&[named, ("REDIS_URL", "redis://other")]);
        assert_eq!(both.expect_err("which one?").variable, "REDIS_URL_FILE");
        let other = [("JWT_EXPIRY_FILE", path.as_str())];
        let other = read(&other).expect("nothing secret, not read");
        assert_eq!(other.optional("JWT_EXPIRY"), None);

        fs::write(&file, "\n").expect("a file");
        let empty = read(&[named]).expect_err("nothing in it");
        assert!(empty.to_string().ends_with("is empty"), "{empty}");
        fs::remove_file(&file).expect("it was there");
    }

    #[test]
    fn a_secret_never_prints() {
        let env = Env::from_pairs([("DATABASE_URL", "mysql://u:hunter2@h/d")]);
        assert!(!format!("{env:?}").contains("hunter2"));
    }
}
