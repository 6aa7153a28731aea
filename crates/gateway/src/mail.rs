//! E-mails to the holders of accounts: written with the change that they tell of, pushed to the
//! queue of notification by the relay.

use contracts::email::{AccountEmail, DeliveriesClient, Email, EmailJob, QUEUE};
use serde::Serialize;
use service_kit::{
    config::Secret,
    outbox::{self, Courier, Message, Relay},
    str_enum,
};
use sqlx::MySqlConnection;
use tokio_util::sync::CancellationToken;

use crate::{AppState, accounts::Account};

/// Topic of the outbox: an e-mail.
pub const EMAIL: &str = "email";

str_enum! {
    /// The e-mails that the gateway has sent.
    pub enum Template {
        /// The password was changed.
        PasswordChanged = "password_changed",
    }
}

/// The payload of an e-mail's outbox row.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_id: i64,
    #[serde(flatten)]
    email: Email<AccountEmail>,
}

/// Writes an e-mail to an account's address in the transaction of what it tells of. After the
/// commit the relay is to be woken.
pub async fn enqueue(
    connection: &mut MySqlConnection,
    account: &Account,
    template: Template,
) -> sqlx::Result<()> {
    let payload = Payload {
        user_id: account.id,
        email: Email {
            to: account.email.clone(),
            subject: String::new(),
            template_id: template.as_str().to_owned(),
            params: AccountEmail {
                name: account.name.clone(),
            },
        },
    };
    outbox::enqueue(connection, EMAIL, &payload).await?;
    Ok(())
}

/// Relays e-mails until `stop`.
pub async fn run(
    app: AppState,
    ledger: DeliveriesClient,
    redis_url: Secret,
    stop: CancellationToken,
) {
    let courier = Courier::new(redis_url, QUEUE, job, move |ids| {
        let ledger = ledger.clone();
        async move { ledger.known(ids).await }
    });
    Relay::new(app.database.clone(), EMAIL, app.outbox.clone(), courier)
        .run(stop)
        .await;
}

fn job(message: &Message) -> serde_json::Result<EmailJob> {
    EmailJob::from_row(&message.id, &message.payload)
}
