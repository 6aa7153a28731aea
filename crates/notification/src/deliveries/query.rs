//! `POST /internal/v1/deliveries/query`: which of these jobs the ledger knows, and where they
//! stand.

use std::collections::HashSet;

use axum::{Json, extract::State};
use contracts::email::{Deliveries, Delivery};
use serde::Deserialize;
use service_kit::http::extract::ValidJson;
use validator::Validate;

use super::store;
use crate::{AppState, error::Error};

/// The body; see [`contracts::email::DeliveriesQuery`].
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    /// Job ids.
    #[validate(length(max = 500))]
    job_ids: HashSet<String>,
}

/// The handler.
pub async fn handler(
    State(state): State<AppState>,
    ValidJson(query): ValidJson<Query>,
) -> Result<Json<Deliveries>, Error> {
    let job_ids: Vec<String> = query.job_ids.into_iter().collect();
    let found = store::find(&state.pool, &job_ids).await?;
    let deliveries = found.into_iter().map(|(job_id, state)| Delivery {
        job_id,
        state: state.into(),
    });
    Ok(Json(Deliveries {
        deliveries: deliveries.collect(),
    }))
}
