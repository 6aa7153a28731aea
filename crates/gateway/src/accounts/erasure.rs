//! `DELETE /api/v1/me`: erases the caller. The account is shut at once, and its sessions end; when no
//! token passes any more, the outbox asks those who keep something of the person ([`relay`]). What
//! then becomes of it, erased or open again, is one row that this request waits for.

pub mod relay;
mod store;

use std::time::{Duration, Instant};

use axum::{extract::State, http::StatusCode};
use contracts::ProblemField;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use service_kit::{
    db,
    http::{extract::ValidJson, layers::Caller, openapi::Operation, reply::Reply},
    outbox,
};
use validator::Validate;

use super::{
    Password, Role,
    audit::{self, Action, Actor},
    passwords::Verdict,
    sessions::{self, EndedBy, Origin},
    store as accounts,
};
use crate::{AppState, error::Error};

/// Topic of the outbox: `{userId}`, the account is erased or open again. The id is the erasure's.
pub const TOPIC: &str = "account.erase";
/// By then every gateway and service has heard that the account's tokens are revoked.
const TOKENS_ARE_DEAD_AFTER: Duration = Duration::from_secs(5);
/// How long a request waits for its outcome; it has 10 s and checks a password before.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The password, since there is no way back.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "EraseMe")]
pub struct Erase {
    /// Password.
    #[validate(custom(function = "Password::rule_for_known"))]
    current_password: Password,
}

/// What the outbox is told.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    user_id: i64,
}

/// What became of an erasure.
pub enum Outcome {
    /// Done, for good.
    Erased,
    /// Something stood in the way; the account is open again.
    Blocked(Vec<ProblemField>),
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new("eraseMe", "Erase your account, for good")
        .answers_when(StatusCode::OK, "It is erased.")
        .answers_when(
            StatusCode::ACCEPTED,
            "It is shut, and will be erased or open again.",
        )
        .refuses(Error::Disabled)
        .refuses(Error::ErasureBlocked(vec![]))
        .refuses(Error::LastAdministrator)
}

/// Answers 200 when the person is erased, 409 with what stands in the way, 202 when it takes longer.
pub async fn erase(
    State(app): State<AppState>,
    Caller(caller): Caller,
    origin: Origin,
    ValidJson(request): ValidJson<Erase>,
) -> Result<Reply<()>, Error> {
    let hash = accounts::hash_of(&app.database, caller.id).await?;
    let hash = hash.ok_or(Error::AccountGone)?;
    let verdict = app
        .passwords
        .verify(&request.current_password, Some(&hash))
        .await?;
    if verdict == Verdict::Wrong {
        return Err(Error::WrongPassword);
    }
    let actor = Actor {
        id: caller.id,
        origin,
    };
    let erasure = db::retry(|| begin(&app, &actor, &hash)).await?;
    sessions::revoke::now(&app).await;
    tracing::info!(user = caller.id, erasure, "an account is being erased");
    match wait(&app, &erasure).await? {
        Some(Outcome::Erased) => Ok(Reply::ok("Successfully erased the account", ())),
        Some(Outcome::Blocked(reasons)) => Err(Error::ErasureBlocked(reasons)),
        None => Ok(Reply::accepted("The account is being erased", ())),
    }
}

/// Shuts the account; the erasure's id. One that is under way is the same.
async fn begin(app: &AppState, actor: &Actor, hash: &str) -> Result<String, Error> {
    let user = actor.id;
    let mut transaction = app.database.begin().await?;
    let others = accounts::lock_administrators_but(&mut transaction, user).await?;
    let account = accounts::find_locked(&mut transaction, user).await?;
    let account = account.ok_or(Error::AccountGone)?;
    if let Some(under_way) = store::asked_by(&mut transaction, user).await? {
        return Ok(under_way);
    }
    if accounts::hash_of(&mut *transaction, user).await?.as_deref() != Some(hash) {
        return Err(Error::WrongPassword);
    }
    if account.disabled_at.is_some() {
        return Err(Error::Disabled);
    }
    if account.roles.contains(&Role::Admin) && others == 0 {
        return Err(Error::LastAdministrator);
    }
    store::shut(&mut transaction, user).await?;
    sessions::store::end_all(&mut transaction, user, EndedBy::Erased).await?;
    let message = Message { user_id: user };
    let erasure =
        outbox::enqueue_after(&mut transaction, TOPIC, &message, TOKENS_ARE_DEAD_AFTER).await?;
    store::insert(&mut transaction, &erasure, user).await?;
    audit::record(&mut transaction, actor, Action::ErasureAsked, user, None).await?;
    transaction.commit().await?;
    Ok(erasure)
}

/// What became of it, whichever replica did it; `None` if it still goes on.
async fn wait(app: &AppState, erasure: &str) -> sqlx::Result<Option<Outcome>> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let outcome = store::outcome(&app.database, erasure).await?;
        if outcome.is_some() || Instant::now() >= deadline {
            return Ok(outcome);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
