//! `POST /api/v1/signout`, `POST /api/v1/signout/all`, `DELETE /api/v1/sessions/{id}`.

use axum::extract::{Path, State};
use serde_json::json;
use service_kit::{
    db,
    http::{layers::CallerSession, openapi::Operation, problem::Problem, reply::Reply},
};
use ulid::Ulid;

use super::{EndedBy, revoke, store};
use crate::{AppState, error::Error};

/// Ends the session of the token. One that has ended meanwhile is as good.
pub async fn sign_out(
    State(app): State<AppState>,
    CallerSession(caller): CallerSession,
) -> Result<Reply<()>, Error> {
    end(&app, caller.user.id, &caller.session, EndedBy::SignOut).await?;
    Ok(Reply::ok("Successfully signed out", ()))
}

/// Ends all sessions of the caller.
pub async fn sign_out_all(
    State(app): State<AppState>,
    CallerSession(caller): CallerSession,
) -> Result<Reply<()>, Error> {
    db::retry(|| async {
        let mut transaction = app.database.begin().await?;
        store::end_all(&mut transaction, caller.user.id, EndedBy::SignOutAll).await?;
        transaction.commit().await
    })
    .await?;
    revoke::now(&app).await;
    Ok(Reply::ok("Successfully signed out everywhere", ()))
}

/// What the document says of ending one.
pub fn end_doc() -> Operation {
    Operation::new("endSession", "End one of your sessions").with(|shape| {
        let ulid = json!({"type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"});
        shape.path("id", ulid);
    })
}

/// Ends one of the caller's sessions; another's is 404.
pub async fn end_one(
    State(app): State<AppState>,
    CallerSession(caller): CallerSession,
    Path(id): Path<String>,
) -> Result<Reply<()>, Problem> {
    let id: Ulid = id
        .parse()
        .map_err(|_| Problem::field("id", "id", "must be a session's id"))?;
    match end(&app, caller.user.id, &id.to_string(), EndedBy::Ended).await? {
        true => Ok(Reply::ok("Successfully ended the session", ())),
        false => Err(Problem::not_found("session")),
    }
}

async fn end(app: &AppState, user: i64, sid: &str, by: EndedBy) -> Result<bool, Error> {
    let ended = db::retry(|| async {
        let mut transaction = app.database.begin().await?;
        let ended = store::end(&mut transaction, user, sid, by).await?;
        transaction.commit().await?;
        Ok::<_, sqlx::Error>(ended)
    })
    .await?;
    revoke::now(app).await;
    Ok(ended)
}
