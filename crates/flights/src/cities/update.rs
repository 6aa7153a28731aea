//! `PUT|PATCH /api/v1/city/{id}`, and without `{id}` when the body has it.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use service_kit::{
    db,
    http::{
        extract::{Id, ValidJson},
        openapi::Operation,
        reply::Reply,
    },
};
use validator::Validate;

use super::{City, NAME, store};
use crate::{
    AppState,
    error::{Error, Result},
    fields::{self, Given, Line},
};

/// The new name, as `city` or `name`.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateCity {
    /// The city, where the path does not say it.
    #[serde(default)]
    #[validate(range(min = 1))]
    id: Given<i64>,
    /// Its new name; no other city has it. `name` is taken too.
    #[serde(alias = "name")]
    city: Line<NAME>,
}

/// What the document says of it where the body says which.
pub fn doc_by_body(id: &'static str) -> Operation {
    doc(id).with(|shape| shape.needs_one_of(&["id"]))
}

/// What the document says of it.
pub fn doc(id: &'static str) -> Operation {
    Operation::new(id, "Rename a city")
        .refuses(Error::NotFound("city"))
        .refuses(Error::Duplicate("city"))
}

/// Renames the city of the path.
pub async fn by_path(
    State(state): State<AppState>,
    Id(id): Id,
    ValidJson(request): ValidJson<UpdateCity>,
) -> Result<Reply<City>> {
    let id = fields::target(&[Some(id), *request.id])?;
    rename(&state, id, &request.city).await
}

/// Renames the city that the body names.
pub async fn by_body(
    State(state): State<AppState>,
    ValidJson(request): ValidJson<UpdateCity>,
) -> Result<Reply<City>> {
    let id = fields::target(&[*request.id])?;
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
