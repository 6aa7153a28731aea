//! `POST /api/v1/role`: an administrator gives somebody a role. Giving it again changes nothing.

use axum::extract::State;
use serde::Deserialize;
use service_kit::http::{extract::ValidJson, reply::Reply};
use validator::{Validate, ValidationError};

use super::{Account, Grant, Role, store};
use crate::{AppState, error::Error};

/// Who gets which role.
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(schema(function = "fits_together"))]
pub struct GiveRole {
    /// The account.
    #[validate(range(min = 1))]
    id: i64,
    role: Role,
    /// IATA designator, for FLIGHT_COMPANY.
    airline: Option<String>,
}

impl GiveRole {
    fn grant(&self) -> Result<Grant, ValidationError> {
        Grant::new(self.role, self.airline.as_deref())
    }
}

fn fits_together(request: &GiveRole) -> Result<(), ValidationError> {
    request.grant().map(|_| ())
}

/// Answers 200 with the account as it is then.
pub async fn give(
    State(app): State<AppState>,
    ValidJson(request): ValidJson<GiveRole>,
) -> Result<Reply<Account>, Error> {
    let grant = request
        .grant()
        .expect("invariant: the request was validated");
    let mut connection = app.database.acquire().await?;
    if !store::grant(&mut connection, request.id, &grant).await? {
        return Err(Error::NoSuchUser);
    }
    let account = store::find(&mut *connection, request.id).await?;
    let account = account.ok_or(Error::NoSuchUser)?;
    tracing::info!(user = account.id, role = %request.role, "a role was given");
    Ok(Reply::ok("Successfully added the role", account))
}
