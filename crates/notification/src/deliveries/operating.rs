//! What booking's dashboard asks and has done: the ledger at a glance, its jobs, retry, discard,
//! replay, pause. Each change is one conditional update, so that it may be asked for again. Who
//! asked is booking's to write down.

mod store;

use axum::{
    Json,
    extract::{Path, State},
};
use contracts::jobs::{By, Changed, JobDetail, JobState, Jobs, LedgerState, ListJobs};
use serde::Deserialize;
use service_kit::{
    db,
    http::{extract::ValidJson, problem::Problem},
};
use validator::Validate;

use crate::{AppState, error::Error};

/// Body of a list; see [`ListJobs`].
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct List {
    state: Option<JobState>,
    before: Option<String>,
    #[validate(range(min = 1, max = 101))]
    limit: u32,
}

/// Body of a pause; see [`By`].
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    #[validate(range(min = 1))]
    by: i64,
}

/// `GET /internal/v1/deliveries/state`.
pub async fn state(State(app): State<AppState>) -> Result<Json<LedgerState>, Error> {
    Ok(Json(LedgerState {
        ledger: store::state(&app.pool).await?,
        redis: *app.depth.borrow(),
    }))
}

/// `POST /internal/v1/deliveries/list`: newest first.
pub async fn list(
    State(app): State<AppState>,
    ValidJson(list): ValidJson<List>,
) -> Result<Json<Jobs>, Error> {
    let asked = ListJobs {
        state: list.state,
        before: list.before,
        limit: list.limit,
    };
    let jobs = store::list(&app.pool, &asked).await?;
    Ok(Json(Jobs { jobs }))
}

/// `GET /internal/v1/deliveries/{jobId}`.
pub async fn get(
    State(app): State<AppState>,
    Path(job_id): Path<String>,
) -> Result<Json<JobDetail>, Error> {
    let job = store::find(&app.pool, &job_id).await?;
    Ok(Json(job.ok_or(Error::NoSuchJob)?))
}

/// `POST /internal/v1/deliveries/{jobId}/retry`: one that is QUEUED or DEAD is due now.
pub async fn retry(
    State(app): State<AppState>,
    Path(job_id): Path<String>,
) -> Result<Json<Changed>, Problem> {
    let retried = db::retry(|| store::retry(&app.pool, &job_id)).await;
    let may_be = [JobState::Waiting, JobState::Running];
    changed(&app, &job_id, retried, &may_be).await
}

/// `POST /internal/v1/deliveries/{jobId}/discard`: one that is QUEUED or DEAD is given up for good.
pub async fn discard(
    State(app): State<AppState>,
    Path(job_id): Path<String>,
) -> Result<Json<Changed>, Problem> {
    let discarded = db::retry(|| store::discard(&app.pool, &job_id)).await;
    changed(&app, &job_id, discarded, &[JobState::Discarded]).await
}

/// `POST /internal/v1/deliveries/replay`: all that are DEAD are due now.
pub async fn replay(State(app): State<AppState>) -> Result<Json<Changed>, Error> {
    let mut changed = 0;
    loop {
        let batch = db::retry(|| store::replay(&app.pool)).await?;
        changed += batch;
        if batch < u64::from(store::BATCH) {
            return Ok(Json(Changed { changed }));
        }
    }
}

/// `PUT /internal/v1/deliveries/pause`.
pub async fn pause(
    State(app): State<AppState>,
    ValidJson(pause): ValidJson<Pause>,
) -> Result<Json<Changed>, Error> {
    let by = By { by: pause.by };
    let changed = u64::from(store::pause(&app.pool, by).await?);
    Ok(Json(Changed { changed }))
}

/// `DELETE /internal/v1/deliveries/pause`.
pub async fn resume(State(app): State<AppState>) -> Result<Json<Changed>, Error> {
    let changed = store::resume(&app.pool).await?;
    Ok(Json(Changed { changed }))
}

/// No row: fine if the job stands as the action would have it, or goes there by itself.
async fn changed(
    app: &AppState,
    job_id: &str,
    changed: sqlx::Result<bool>,
    fine: &[JobState],
) -> Result<Json<Changed>, Problem> {
    if changed.map_err(Error::from)? {
        return Ok(Json(Changed { changed: 1 }));
    }
    let found = store::find(&app.pool, job_id).await.map_err(Error::from)?;
    match found.map(|found| found.job.state) {
        None => Err(Error::NoSuchJob.into()),
        Some(state) if fine.contains(&state) => Ok(Json(Changed { changed: 0 })),
        Some(state) => Err(Error::NotNow(state).into()),
    }
}
