//! `POST /api/v1/password/forgot`: a link to choose another password by, to the address alone. The
//! answer comes before anybody looks whether there is an account, so that neither what it says nor
//! how long it takes depends on it: the request goes to the outbox, whatever the address.

use axum::{extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use service_kit::{
    db,
    http::{extract::ValidJson, openapi::Operation, reply::Reply},
    outbox::{self, Handler, Message, Outcome, Relay},
};
use sqlx::MySqlConnection;
use tokio_util::sync::CancellationToken;
use validator::Validate;

use super::{
    Email,
    email_tokens::{self, Purpose},
    store,
};
use crate::{
    AppState,
    error::Error,
    mail::{self, Template},
};

/// Topic of the outbox: somebody has forgotten the password of an address.
const FORGOTTEN: &str = "password.forgotten";
/// Links that an account is sent in an hour at most.
const LINKS_AN_HOUR: i64 = 5;

/// Whose password.
#[derive(Debug, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    /// E-mail address.
    #[validate(custom(function = "Email::rule"))]
    email: Email,
}

/// What the document says of it.
pub fn doc() -> Operation {
    Operation::new(
        "forgotPassword",
        "Ask for a link to choose another password by",
    )
    .more("The answer is the same whether there is an account with this address or not.")
    .answers(StatusCode::ACCEPTED)
}

/// Answers 202, whoever it is. The relay is not woken: when it comes says nothing either.
pub async fn forgot(
    State(app): State<AppState>,
    ValidJson(request): ValidJson<ForgotPassword>,
) -> Result<Reply<()>, Error> {
    let mut connection = app.database.acquire().await?;
    outbox::enqueue(&mut connection, FORGOTTEN, &request).await?;
    Ok(Reply::accepted(
        "If there is an account with this address, a mail is on its way",
        (),
    ))
}

/// Sends the links until `stop`.
pub async fn run(app: AppState, stop: CancellationToken) {
    let (database, wake) = (app.database.clone(), app.outbox.clone());
    Relay::new(database, FORGOTTEN, wake, Sender(app))
        .run(stop)
        .await;
}

struct Sender(AppState);

impl Handler for Sender {
    async fn handle(&self, batch: &[Message]) -> Vec<Outcome> {
        let mut outcomes = vec![];
        for message in batch {
            let sent = db::retry(|| send(&self.0, message)).await;
            outcomes.push(match sent {
                Ok(()) => Outcome::Done,
                Err(error) => {
                    tracing::warn!(message = message.id, %error, "a link will be sent later");
                    Outcome::Failed
                }
            });
        }
        self.0.outbox.notify();
        outcomes
    }
}

/// Sends a link if there is somebody to send it to; in any case forgets who was meant.
async fn send(app: &AppState, message: &Message) -> sqlx::Result<()> {
    let Ok(request) = ForgotPassword::deserialize(&message.payload.0) else {
        return Ok(());
    };
    let mut transaction = app.database.begin().await?;
    if !forget_address(&mut transaction, &message.id).await? {
        return Ok(());
    }
    let account = store::find_by_email_locked(&mut transaction, &request.email).await?;
    if let Some(account) = account.filter(|account| account.disabled_at.is_none()) {
        let sent =
            email_tokens::issued_within(&mut transaction, account.id, Purpose::Reset, 3600).await?;
        if sent < LINKS_AN_HOUR {
            let token = email_tokens::issue(&mut transaction, account.id, Purpose::Reset).await?;
            let link = Some(app.links.reset(&token));
            mail::enqueue(&mut transaction, &account, Template::PasswordReset, link).await?;
        }
    }
    transaction.commit().await
}

/// The address may be a stranger's: it goes with the transaction that acts on it, which so happens
/// once. `false` if it is gone already.
async fn forget_address(connection: &mut MySqlConnection, message: &str) -> sqlx::Result<bool> {
    let forgotten = sqlx::query(
        "UPDATE Outbox SET payload = '{}' WHERE id = ? AND JSON_VALUE(payload, '$.email') IS NOT NULL",
    )
    .bind(message)
    .execute(connection)
    .await?;
    Ok(forgotten.rows_affected() > 0)
}
