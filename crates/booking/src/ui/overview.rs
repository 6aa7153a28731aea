//! `GET /ui/api/overview`: all queues and the work beside the requests at a glance.

use axum::extract::State;
use contracts::jobs::{LedgerState, QueueState};
use serde::Serialize;
use service_kit::http::reply::Reply;

use super::{Queue, store};
use crate::{
    AppState,
    error::Error,
    heartbeat::{self, Worker},
};

/// All of it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Overview {
    /// The topics of the outbox.
    outbox: Vec<Topic>,
    /// Notification's ledger and the Redis queue; `None` while notification does not answer.
    mails: Option<LedgerState>,
    /// The sweeper, the reconciler and the like.
    workers: Vec<Worker>,
}

/// A topic of the outbox.
#[derive(Debug, PartialEq, Serialize)]
pub struct Topic {
    queue: Queue,
    #[serde(flatten)]
    state: QueueState,
}

/// The handler.
pub async fn overview(State(app): State<AppState>) -> Result<Reply<Overview>, Error> {
    Ok(Reply::ok("Overview", look(&app).await?))
}

/// Looks at everything.
pub async fn look(app: &AppState) -> Result<Overview, Error> {
    let mut outbox = vec![];
    for &queue in Queue::ALL {
        if let Some(topic) = queue.topic() {
            let state = store::state(&app.pool, topic).await?;
            outbox.push(Topic { queue, state });
        }
    }
    Ok(Overview {
        outbox,
        mails: app.ledger.state().await.ok(),
        workers: heartbeat::workers(&app.pool).await?,
    })
}
