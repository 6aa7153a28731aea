//! Somebody who keeps something of people, as booking and notification do: a real server that
//! answers erasures as it is told.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Json, Router, extract::State, http::HeaderMap, response::IntoResponse, routing::post};
use reqwest::StatusCode;
use serde_json::{Value, json};
use service_kit::testing::free_port;
use tokio::task::JoinHandle;

/// How an erasure is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// 200.
    Erases,
    /// 409 with two things that stand in the way.
    Refuses,
    /// 503.
    IsAway,
}

struct Shared {
    mood: Mutex<Mood>,
    asked: AtomicUsize,
}

/// The server; gone when dropped.
pub struct Keeper {
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Keeper {
    pub async fn start(mood: Mood) -> Self {
        let shared = Arc::new(Shared {
            mood: Mutex::new(mood),
            asked: AtomicUsize::new(0),
        });
        let listener = free_port().await;
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let router = Router::new()
            .route("/internal/v1/users/{id}/erasure", post(erase))
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, shared, task }
    }

    pub fn is(&self, mood: Mood) {
        *self.shared.mood.lock().expect("unpoisoned") = mood;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn erase(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> impl IntoResponse {
    shared.asked.fetch_add(1, Ordering::SeqCst);
    let authorization = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    assert!(authorization.is_some_and(|value| value.starts_with("Bearer ey")));
    let mood = *shared.mood.lock().expect("unpoisoned");
    let (status, body): (StatusCode, Value) = match mood {
        Mood::Erases => (StatusCode::OK, json!({"userId": 1})),
        Mood::Refuses => (
            StatusCode::CONFLICT,
            json!({"code": "ERASURE_BLOCKED", "errors": [
                {"field": "bookings", "code": "booking_ahead", "message": "one has not departed"},
                {"field": "mails", "code": "mail_pending", "message": "one is on its way to you"},
            ]}),
        ),
        Mood::IsAway => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({"code": "UPSTREAM_DOWN"}),
        ),
    };
    (status, Json(body))
}
