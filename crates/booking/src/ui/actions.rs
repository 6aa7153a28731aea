//! What an administrator does about a queue or a job: retry, discard, replay, pause, resume. Each
//! is a conditional update, may be asked for again, and stands in the audit log: in the transaction
//! of the change, or, where notification makes it, once before it and once after.

use axum::extract::{Path, State};
use contracts::{
    CallError,
    jobs::{By, Changed, JobState, NOT_NOW},
};
use service_kit::{
    db,
    http::{layers::Caller, reply::Reply},
};
use sqlx::MySqlConnection;

use super::{
    Queue,
    audit::{self, Action, Deed, Outcome},
    jobs::job_id,
    store,
};
use crate::{AppState, error::Error};

type Done = Result<Reply<Changed>, Error>;

/// `POST /ui/api/queues/{queue}/jobs/{id}/retry`: the job is due now.
pub async fn retry(
    State(app): State<AppState>,
    Caller(user): Caller,
    Path((queue, id)): Path<(String, String)>,
) -> Done {
    of_job(&app, user.id, Action::Retry, &queue, &id).await
}

/// `POST /ui/api/queues/{queue}/jobs/{id}/discard`: the mail is given up. What the outbox has is
/// never dropped: seats would be lost, or a mail that nobody knows of.
pub async fn discard(
    State(app): State<AppState>,
    Caller(user): Caller,
    Path((queue, id)): Path<(String, String)>,
) -> Done {
    of_job(&app, user.id, Action::Discard, &queue, &id).await
}

/// `POST /ui/api/queues/{queue}/replay`: all that is dead is due now, in the outbox all that failed.
pub async fn replay(
    State(app): State<AppState>,
    Caller(user): Caller,
    Path(queue): Path<String>,
) -> Done {
    of_queue(&app, user.id, Action::Replay, &queue).await
}

/// `POST /ui/api/queues/{queue}/pause`: nothing of it is begun any more, on any replica. Since no
/// lease or claim is taken past the row that this writes, it holds from the answer on.
pub async fn pause(
    State(app): State<AppState>,
    Caller(user): Caller,
    Path(queue): Path<String>,
) -> Done {
    of_queue(&app, user.id, Action::Pause, &queue).await
}

/// `POST /ui/api/queues/{queue}/resume`: it goes on.
pub async fn resume(
    State(app): State<AppState>,
    Caller(user): Caller,
    Path(queue): Path<String>,
) -> Done {
    of_queue(&app, user.id, Action::Resume, &queue).await
}

async fn of_job(app: &AppState, actor: i64, action: Action, queue: &str, id: &str) -> Done {
    let (queue, id) = (Queue::named(queue)?, job_id(id)?);
    let deed = Deed {
        actor,
        action,
        queue,
        job: Some(&id),
    };
    carry_out(app, deed).await
}

async fn of_queue(app: &AppState, actor: i64, action: Action, queue: &str) -> Done {
    let deed = Deed {
        actor,
        action,
        queue: Queue::named(queue)?,
        job: None,
    };
    carry_out(app, deed).await
}

async fn carry_out(app: &AppState, deed: Deed<'_>) -> Done {
    let changed = match deed.queue.topic() {
        Some(topic) => {
            let changed = db::retry(|| in_the_outbox(app, topic, deed)).await?;
            app.outbox.notify();
            changed
        }
        None => in_the_ledger(app, deed).await?,
    };
    tracing::info!(
        actor = deed.actor,
        action = %deed.action,
        queue = %deed.queue,
        job = deed.job,
        changed,
        "an administrator worked a queue"
    );
    let message = match changed {
        0 => "It was so already",
        _ => "Done",
    };
    Ok(Reply::ok(message, Changed { changed }))
}

async fn in_the_outbox(app: &AppState, topic: &str, deed: Deed<'_>) -> Result<u64, Error> {
    let mut tx = app.pool.begin().await?;
    let changed = match (deed.action, deed.job) {
        (Action::Retry, Some(id)) => retry_one(&mut tx, topic, id).await?,
        (Action::Discard, Some(id)) => never_dropped(&mut tx, topic, id).await?,
        (Action::Pause, _) => store::pause(&mut tx, topic, deed.actor).await?,
        (Action::Resume, _) => store::resume(&mut tx, topic).await?,
        (Action::Replay | Action::Retry | Action::Discard, _) => {
            store::retry_failed(&mut tx, topic).await?
        }
    };
    audit::record(&mut tx, deed, Outcome::Done, Some(changed)).await?;
    tx.commit().await?;
    Ok(changed)
}

/// No row: fine if it is due anyway.
async fn retry_one(tx: &mut MySqlConnection, topic: &str, id: &str) -> Result<u64, Error> {
    let changed = store::retry(tx, topic, id).await?;
    if changed > 0 {
        return Ok(changed);
    }
    let row = store::find(tx, topic, id).await?.ok_or(Error::NoSuchJob)?;
    match row.job()?.state {
        JobState::Done => Err(Error::NotNow("It is done")),
        _ => Ok(0),
    }
}

async fn never_dropped(tx: &mut MySqlConnection, topic: &str, id: &str) -> Result<u64, Error> {
    store::find(tx, topic, id).await?.ok_or(Error::NoSuchJob)?;
    Err(Error::NotNow(
        "What the outbox has is never dropped: it is tried until it is done",
    ))
}

async fn in_the_ledger(app: &AppState, deed: Deed<'_>) -> Result<u64, Error> {
    note(app, deed, Outcome::Asked, None).await?;
    let ledger = &app.ledger;
    let answer = match (deed.action, deed.job) {
        (Action::Retry, Some(id)) => ledger.retry(id).await,
        (Action::Discard, Some(id)) => ledger.discard(id).await,
        (Action::Pause, _) => ledger.pause(By { by: deed.actor }).await,
        (Action::Resume, _) => ledger.resume().await,
        (Action::Replay | Action::Retry | Action::Discard, _) => ledger.replay().await,
    };
    match answer {
        Ok(Changed { changed }) => {
            note(app, deed, Outcome::Done, Some(changed)).await?;
            Ok(changed)
        }
        Err(CallError::Refused { code, .. }) => {
            note(app, deed, Outcome::Refused, None).await?;
            match code.as_str() {
                NOT_NOW => Err(Error::NotNow("The mail is sent, discarded or under way")),
                _ => Err(Error::NoSuchJob),
            }
        }
        Err(error) => {
            note(app, deed, Outcome::Unknown, None).await?;
            Err(Error::Upstream(error))
        }
    }
}

async fn note(
    app: &AppState,
    deed: Deed<'_>,
    outcome: Outcome,
    changed: Option<u64>,
) -> Result<(), Error> {
    let mut connection = app.pool.acquire().await?;
    Ok(audit::record(&mut connection, deed, outcome, changed).await?)
}
