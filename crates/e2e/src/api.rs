//! A client of the public API, as small as one can be: what it sends is what a person would send
//! with curl.

use anyhow::{Context, ensure};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

/// The API at one base URL, with or without a token.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body's bytes as text; nothing of a stream of events.
    pub text: String,
    /// The body, `null` where it is no JSON.
    pub body: Value,
}

impl Api {
    /// The API at `base`, without a token.
    pub fn new(http: reqwest::Client, base: String) -> Self {
        Self {
            http,
            base,
            token: None,
        }
    }

    /// The same with this token.
    pub fn with_token(&self, token: &str) -> Self {
        let token = Some(token.to_owned());
        Self {
            token,
            ..self.clone()
        }
    }

    /// The same with other connections, so that clients do not share a pool.
    pub fn with_client(&self, http: reqwest::Client) -> Self {
        Self {
            http,
            ..self.clone()
        }
    }

    /// Its token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Signs up at the gateway and in.
    pub async fn signed_up(&self, email: &str, password: &str) -> anyhow::Result<Self> {
        let account = json!({"email": email, "password": password, "name": "Tess Traveller"});
        let answer = self.post("/api/v1/signup", &account).await?;
        ensure!(
            answer.status == 200,
            "sign-up: {} {}",
            answer.status,
            answer.text
        );
        self.signed_in(email, password).await
    }

    /// Signs in at the gateway.
    pub async fn signed_in(&self, email: &str, password: &str) -> anyhow::Result<Self> {
        let credentials = json!({"email": email, "password": password});
        let answer = self.post("/api/v1/signin", &credentials).await?;
        ensure!(
            answer.status == 200,
            "sign-in: {} {}",
            answer.status,
            answer.text
        );
        let token = answer.body["data"]["jwt"]
            .as_str()
            .context("sign-in gave no jwt")?;
        Ok(self.with_token(token))
    }

    /// GET.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::GET, path, &[], None).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    /// POST of JSON with an idempotency key.
    pub async fn post_with_key(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> anyhow::Result<Answer> {
        let key = [("x-idempotency-key", key)];
        self.send(Method::POST, path, &key, Some(body)).await
    }

    /// Any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream of events has no end to wait for.
        let kind = headers.get("content-type").map(|kind| kind.as_bytes());
        let text = match kind == Some(b"text/event-stream") {
            true => String::new(),
            false => response.text().await?,
        };
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer {
            status,
            headers,
            text,
            body,
        })
    }
}

impl Answer {
    /// `data` of the envelope.
    pub fn data(&self) -> &Value {
        &self.body["data"]
    }

    /// The problem's stable code, or nothing.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }
}
