//! A running gateway with its database, keys and clients.

mod mails;

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use gateway::{MIGRATOR, config::Config};
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use service_kit::{
    clock,
    config::Env,
    identity::{
        ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYPE, AccessClaims, SigningKey, User, generate_pem,
    },
    testing::{Running, TestDatabase, free_port, http, redis_url, user},
};

/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery";

/// The signing key of all tests' gateways, in a file as the gateway reads it.
pub static KEY_FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("airside-gateway-{}", ulid::Ulid::new()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let file = folder.join("test-key.pem");
    std::fs::write(&file, generate_pem().expect("a key")).expect("written");
    file
});

/// The key itself, to sign tokens that no sign-in would give.
pub fn signing_key() -> SigningKey {
    SigningKey::from_file(&KEY_FILE, "test-key").expect("the key")
}

pub struct Gateway {
    pub url: String,
    pub database: TestDatabase,
    pub client: Arc<reqwest::Client>,
    /// Where it publishes what was revoked.
    pub redis: String,
    _running: Running,
}

impl Gateway {
    /// A gateway without a limit, with nothing behind it.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A gateway with these variables set beside the necessary ones.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        Self::on(
            TestDatabase::create(&MIGRATOR).await,
            redis_url(),
            variables,
        )
        .await
    }

    /// Another gateway with the same database and Redis.
    pub async fn replica(&self) -> Self {
        Self::on(self.database.clone(), self.redis.clone(), &[]).await
    }

    async fn on(database: TestDatabase, redis: String, variables: &[(&str, &str)]) -> Self {
        let key_file = KEY_FILE.display().to_string();
        let nowhere = "http://127.0.0.1:1";
        let mut pairs = vec![
            ("DATABASE_URL", database.url.as_str()),
            ("JWT_KEYS", key_file.as_str()),
            ("SERVICE_KEY", key_file.as_str()),
            ("REDIS_URL", redis.as_str()),
            ("RATE_LIMIT_MAX", "0"),
            ("METRICS_ADDR", "off"),
            ("FLIGHT_SERVICE", nowhere),
            ("BOOKING_SERVICE", nowhere),
            ("NOTIFICATION_SERVICE", nowhere),
        ];
        pairs.extend_from_slice(variables);
        let config = Config::from_env(&Env::from_pairs(pairs)).expect("a good configuration");
        let service = gateway::build(config, free_port().await).await;
        let running = Running::start(service.expect("the gateway starts"));
        Self {
            url: running.url.clone(),
            database,
            client: http(),
            redis,
            _running: running,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        answer(self.request(Method::GET, path).bearer_auth(token)).await
    }

    pub async fn get_openly(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request(Method::POST, path).json(body)).await
    }

    pub async fn post_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path);
        answer(request.bearer_auth(token).json(body)).await
    }

    /// Signs up and answers the id.
    pub async fn sign_up(&self, email: &str) -> i64 {
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada Lovelace"});
        let answer = self.post("/api/v1/signup", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["data"]["id"].as_i64().expect("an id")
    }

    pub async fn sign_in_with(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.post("/api/v1/signin", &body).await
    }

    /// Signs in and answers the token.
    pub async fn sign_in(&self, email: &str) -> String {
        let answer = self.sign_in_with(email, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["data"]["jwt"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Runs SQL, to move time or to look behind the curtain.
    pub async fn sql(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.database.admin)
            .await
            .expect("a good statement");
    }

    /// A number by SQL.
    pub async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.database.admin)
            .await
            .expect("a number")
    }

    pub async fn hash_of(&self, email: &str) -> String {
        sqlx::query_scalar("SELECT passwordHash FROM `User` WHERE email = ?")
            .bind(email)
            .fetch_one(&self.database.admin)
            .await
            .expect("an account")
    }
}

/// Good claims for this user.
pub fn claims(user: User) -> AccessClaims {
    let now = clock::unix_seconds();
    AccessClaims {
        iss: ACCESS_ISSUER.to_owned(),
        aud: ACCESS_AUDIENCE.to_owned(),
        exp: now + 600,
        iat: now,
        sub: user.id.to_string(),
        sid: ulid::Ulid::new().to_string(),
        user,
    }
}

/// A token as a sign-in would give it.
pub fn token(id: i64, role: &str) -> String {
    let airline = (role == "FLIGHT_COMPANY").then_some("AA");
    signing_key().sign(ACCESS_TYPE, &claims(user(id, role, airline)))
}

pub fn admin() -> String {
    token(1_000_001, "ADMIN")
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or("")
    }

    /// The answer is this problem, in every respect that clients rely on.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["code"], code, "{}", self.text);
        assert_eq!(self.json["status"], status);
        assert_eq!(self.json["success"], false);
        assert_eq!(self.json["correlationId"], self.header("x-correlation-id"));
        for member in ["type", "title", "detail", "instance", "message"] {
            assert!(self.json[member].is_string(), "{member}: {}", self.text);
        }
        match status {
            401 => assert_eq!(self.header("www-authenticate"), "Bearer"),
            405 => assert!(!self.header("allow").is_empty()),
            429 | 503 => assert!(self.header("retry-after").parse::<u64>().expect("seconds") > 0),
            _ => {}
        }
    }

    /// The answer is 422 naming this field alone.
    #[track_caller]
    pub fn names_field(&self, field: &str) {
        self.is_problem(422, "VALIDATION");
        let errors = self.json["errors"].as_array().expect("errors");
        let fields: Vec<_> = errors.iter().map(|error| error["field"].clone()).collect();
        assert_eq!(fields, [field], "{}", self.text);
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the gateway answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("a whole body");
    Answer {
        status,
        headers,
        json: serde_json::from_str(&text).unwrap_or_default(),
        text,
    }
}

/// The tokens of an answer.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
}

pub fn tokens(answer: &Answer) -> Tokens {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let text = |field: &str| answer.json["data"][field].as_str().expect(field).to_owned();
    Tokens {
        access: text("jwt"),
        refresh: text("refreshToken"),
    }
}

pub async fn refresh(gateway: &Gateway, token: &str) -> Answer {
    let body = json!({"refreshToken": token});
    gateway.post("/api/v1/token/refresh", &body).await
}

/// Whether the access token does.
pub async fn works(gateway: &Gateway, tokens: &Tokens) -> bool {
    match gateway.get("/api/v1/me", &tokens.access).await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}
