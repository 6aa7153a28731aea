//! `PUT|PATCH /api/v1/city/{id}`, and without `{id}` when the body has it.

use axum::extract::State;
use serde::Deserialize;
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
        reply::Reply,
    },
};
use validator::Validate;

use super::{City, NAME, store};
use crate::{
    AppState,
    error::{Error, Result},
    fields::{self, Line, present},
};

/// The new name, as `city` or `name`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1))]
    id: Option<i64>,
    #[serde(alias = "name")]
    city: Line<NAME>,
}

/// Renames the city of the path.
pub async fn by_path(
    State(state): State<AppState>,
    Id(id): Id,
    ValidJson(request): ValidJson<Request>,
) -> Result<Reply<City>> {
    let id = fields::target(&[Some(id), request.id])?;
    rename(&state, id, &request.city).await
}

/// Renames the city that the body names.
pub async fn by_body(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<Request>,
) -> Result<Reply<City>> {
    let id = fields::target(&[request.id])?;
    rename(&state, id, &request.city).await
}

async fn rename(state: &AppState, id: i64, name: &Line<NAME>) -> Result<Reply<City>> {
    if !db::retry(|| store::rename(&state.pool, id, name.as_str())).await? {
        return Err(Error::NotFound("city"));
    }
    let city = store::find(&state.pool, id).await?;
    Ok(Reply::ok(
        "City updated",
        city.ok_or(Error::NotFound("city"))?,
    ))
}
