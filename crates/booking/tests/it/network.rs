//! The network between two services: passes calls on, or loses and delays them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use service_kit::testing::{free_port, http};

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives; the caller sees an error.
    LoseRequest,
    /// It arrives; its answer does not.
    LoseReply,
    /// The caller sees an error now; the call arrives this much later.
    ArriveLate(Duration),
    /// The call arrives now; its answer this much later.
    AnswerLate(Duration),
}

#[derive(Clone)]
struct Wire {
    target: String,
    client: Arc<reqwest::Client>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
    always: Arc<Mutex<Option<Fault>>>,
    calls: Arc<Mutex<Vec<String>>>,
    headers: Arc<Mutex<HeaderMap>>,
}

/// A network path to one service.
pub struct Network {
    /// What the caller is given as the service's URL.
    pub url: String,
    wire: Wire,
}

impl Network {
    /// A path to `target`.
    pub async fn to(target: &str) -> Self {
        let wire = Wire {
            target: target.to_owned(),
            client: http(),
            faults: Arc::default(),
            always: Arc::default(),
            calls: Arc::default(),
            headers: Arc::default(),
        };
        let listener = free_port().await;
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(carry).with_state(wire.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, wire }
    }

    /// The next calls meet these faults, one each.
    pub fn next(&self, faults: &[Fault]) {
        self.wire.faults.lock().unwrap().extend(faults);
    }

    /// Every call meets this fault, until told otherwise.
    pub fn always(&self, fault: Option<Fault>) {
        *self.wire.always.lock().unwrap() = fault;
    }

    /// A header of the latest call.
    pub fn header(&self, name: &str) -> String {
        let headers = self.wire.headers.lock().unwrap();
        let value = headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    }

    /// Calls so far whose `METHOD path` begins like this.
    pub fn calls(&self, prefix: &str) -> usize {
        self.wire
            .calls
            .lock()
            .unwrap()
            .iter()
            .filter(|call| call.starts_with(prefix))
            .count()
    }
}

async fn carry(State(wire): State<Wire>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().to_string();
    wire.calls
        .lock()
        .unwrap()
        .push(format!("{} {path}", parts.method));
    *wire.headers.lock().unwrap() = parts.headers.clone();
    let body = to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default()
        .to_vec();
    let fault = wire
        .faults
        .lock()
        .unwrap()
        .pop_front()
        .or(*wire.always.lock().unwrap());
    let lost = StatusCode::BAD_GATEWAY.into_response();
    let call = pass_on(wire, parts.method, path, parts.headers, body);
    match fault {
        None => call.await,
        Some(Fault::LoseRequest) => lost,
        Some(Fault::LoseReply) => {
            call.await;
            lost
        }
        Some(Fault::ArriveLate(delay)) => {
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                call.await;
            });
            lost
        }
        Some(Fault::AnswerLate(delay)) => {
            // The caller may hang up meanwhile; the call has arrived all the same.
            let answer = tokio::spawn(call);
            tokio::time::sleep(delay).await;
            answer.await.unwrap()
        }
    }
}

async fn pass_on(
    wire: Wire,
    method: Method,
    path: String,
    mut headers: HeaderMap,
    body: Vec<u8>,
) -> Response {
    headers.remove("host");
    let url = format!("{}{path}", wire.target);
    match wire
        .client
        .request(method, url)
        .headers(headers)
        .body(body)
        .send()
        .await
    {
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        Ok(answer) => {
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = answer.bytes().await.unwrap_or_default();
            let mut response = (status, Body::from(body)).into_response();
            response.headers_mut().insert(
                "content-type",
                headers
                    .get("content-type")
                    .cloned()
                    .unwrap_or(axum::http::HeaderValue::from_static("application/json")),
            );
            response
        }
    }
}
