//! `GET /ui/api/events`: the overview as it changes, as server-sent events. However many look, the
//! database is asked once a second, and not at all when nobody does.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt, stream};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::overview::{self, Overview};
use crate::AppState;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// Between two signs of life when nothing changes.
const ALIVE: Duration = Duration::from_secs(10);
/// A stream ends after this, and the page asks again: so a token that expired or was taken back is
/// seen to be.
const LONGEST: Duration = Duration::from_secs(60);

/// What was seen last.
#[derive(Clone)]
enum Seen {
    /// Nobody looks.
    Nothing,
    /// The database did not answer.
    Away,
    /// This.
    Overview(Arc<Overview>),
}

/// What those who look share.
#[derive(Clone)]
pub struct Feed {
    seen: watch::Sender<Seen>,
    joined: Arc<Notify>,
    stopping: CancellationToken,
}

impl Feed {
    /// A feed whose streams end when the service is `stopping`.
    pub fn new(stopping: CancellationToken) -> Self {
        Self {
            seen: watch::Sender::new(Seen::Nothing),
            joined: Arc::default(),
            stopping,
        }
    }
}

/// Looks every second while somebody does, until `stop`.
pub async fn run(app: AppState, stop: CancellationToken) {
    stop.run_until_cancelled(async {
        loop {
            app.feed.joined.notified().await;
            while app.feed.seen.receiver_count() > 0 {
                look(&app).await;
                sleep(EVERY).await;
            }
            app.feed.seen.send_replace(Seen::Nothing);
        }
    })
    .await;
}

async fn look(app: &AppState) {
    match overview::look(app).await {
        Ok(found) => {
            app.feed.seen.send_if_modified(|seen| {
                let is_new = !matches!(seen, Seen::Overview(known) if **known == found);
                if is_new {
                    *seen = Seen::Overview(Arc::new(found));
                }
                is_new
            });
        }
        Err(error) => {
            tracing::warn!(%error, "the dashboard cannot look");
            app.feed.seen.send_replace(Seen::Away);
        }
    }
}

/// The handler.
pub async fn events(
    State(app): State<AppState>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut seen = app.feed.seen.subscribe();
    // What others see is news to who comes.
    seen.mark_changed();
    app.feed.joined.notify_one();
    let stopping = app.feed.stopping.clone();
    let end = Box::pin(async move {
        tokio::select! { () = stopping.cancelled() => {}, () = sleep(LONGEST) => {} }
    });
    let events = stream::unfold(seen, next).map(Ok).take_until(end);
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
}

async fn next(mut seen: watch::Receiver<Seen>) -> Option<(Event, watch::Receiver<Seen>)> {
    loop {
        seen.changed().await.ok()?;
        let now = seen.borrow_and_update().clone();
        let event = match now {
            Seen::Nothing => continue,
            Seen::Away => Event::default().event("away").data("{}"),
            Seen::Overview(overview) => Event::default()
                .event("overview")
                .json_data(&*overview)
                .expect("invariant: an overview is plain JSON"),
        };
        return Some((event, seen));
    }
}
