//! How tests call the service.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// An answer: status and JSON body.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// The envelope's data; panics unless the status is `status`.
    #[track_caller]
    pub fn data(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.body["success"], true);
        self.body["data"].clone()
    }

    /// Panics unless it is this problem.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.body
        );
        assert_eq!(self.body["success"], false);
        assert_eq!(self.body["status"], status);
        assert!(self.body["message"].is_string() && self.body["correlationId"].is_string());
    }

    /// Panics unless it is a 422 that names the field.
    #[track_caller]
    pub fn names(&self, field: &str) {
        self.is_problem(422, "VALIDATION");
        assert_eq!(self.body["errors"][0]["field"], field, "{}", self.body);
    }
}

/// A client that waits longer to connect than services do: two hundred at once on a busy machine.
pub fn patient_client() -> Client {
    let client = Client::builder()
        .no_proxy()
        .connect_timeout(Duration::from_secs(30));
    client.build().expect("a client")
}

/// Booking, as it calls the service.
#[derive(Clone)]
pub struct Booking {
    pub http: Arc<Client>,
    pub url: String,
    pub token: String,
}

impl Booking {
    pub async fn hold(&self, id: &str, items: &[(i64, u32)]) -> Answer {
        let item = |(flight_id, seats): &(i64, u32)| json!({"flightId": flight_id, "seats": seats});
        let body = json!({"items": items.iter().map(item).collect::<Vec<_>>()});
        self.call(Method::PUT, id, "", Some(body)).await
    }

    pub async fn sell(&self, id: &str) -> Answer {
        self.call(Method::POST, id, "/sell", None).await
    }

    pub async fn release(&self, id: &str) -> Answer {
        self.call(Method::DELETE, id, "", None).await
    }

    async fn call(&self, method: Method, id: &str, rest: &str, body: Option<Value>) -> Answer {
        let path = format!("/internal/v1/holds/{id}{rest}");
        send(&self.http, &self.url, method, &path, &self.token, body).await
    }
}

pub async fn send(
    http: &Client,
    url: &str,
    method: Method,
    path: &str,
    token: &str,
    body: Option<Value>,
) -> Answer {
    let mut request = http.request(method, format!("{url}{path}"));
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.expect("an answer");
    Answer {
        status: response.status().as_u16(),
        body: response.json().await.expect("a JSON body"),
    }
}
