//! `GET /ui/api/queues/{queue}/jobs` and `GET /ui/api/queues/{queue}/jobs/{id}`: jobs, newest first,
//! and one of them with personal data masked.

use axum::extract::{Path, State};
use contracts::{
    CallError,
    jobs::{Job, JobDetail, JobState, ListJobs},
    masking,
};
use serde::Deserialize;
use service_kit::http::{
    extract::ValidQuery,
    page::{self, DEFAULT_LIMIT},
    reply::{Listed, Reply},
};
use ulid::Ulid;
use validator::Validate;

use super::{Queue, store};
use crate::{AppState, error::Error};

/// The query string.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<JobState>,
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The list.
pub async fn list(
    State(app): State<AppState>,
    Path(queue): Path<String>,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<Listed<Job>, Error> {
    let queue = Queue::named(&queue)?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<String> = page::position(filter.cursor.as_deref())?;
    let before = before.as_deref().map(job_id).transpose()?;
    let asked = ListJobs {
        state: filter.state,
        before,
        limit: limit + 1,
    };
    let jobs = match queue.topic() {
        Some(topic) => {
            let rows = store::list(&app.pool, topic, &asked).await?;
            rows.iter().map(store::Row::job).collect::<Result<_, _>>()?
        }
        None => app.ledger.list(&asked).await.map_err(Error::Upstream)?,
    };
    let (jobs, next) = page::cut(jobs, limit, |job| job.id.clone());
    Ok(Listed::ok("Jobs found", jobs, limit, next))
}

/// One of them.
pub async fn get(
    State(app): State<AppState>,
    Path((queue, id)): Path<(String, String)>,
) -> Result<Reply<JobDetail>, Error> {
    let (queue, id) = (Queue::named(&queue)?, job_id(&id)?);
    let found = find(&app, queue, &id).await?;
    Ok(Reply::ok("Job found", found.ok_or(Error::NoSuchJob)?))
}

/// An id as it is stored; no other can be there.
pub fn job_id(text: &str) -> Result<String, Error> {
    let id: Ulid = text.parse().map_err(|_| Error::NoSuchJob)?;
    Ok(id.to_string())
}

async fn find(app: &AppState, queue: Queue, id: &str) -> Result<Option<JobDetail>, Error> {
    let Some(topic) = queue.topic() else {
        return match app.ledger.get(id).await {
            Ok(job) => Ok(Some(job)),
            Err(CallError::Refused { code, .. }) if code == "NOT_FOUND" => Ok(None),
            Err(error) => Err(Error::Upstream(error)),
        };
    };
    let mut connection = app.pool.acquire().await?;
    let row = store::find(&mut connection, topic, id).await?;
    let detail = |row: store::Row| {
        Ok(JobDetail {
            job: row.job()?,
            payload: masking::payload(&row.payload),
            last_error: None,
        })
    };
    row.map(detail).transpose()
}
