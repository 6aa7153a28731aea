//! E-mails to the holders of accounts: written with the change that they tell of, pushed to the
//! queue of notification by the relay.

use contracts::email::{AccountEmail, DeliveriesClient, Email, EmailJob, QUEUE};
use service_kit::{
    config::Secret,
    outbox::{self, Courier, Message, Relay},
    str_enum,
};
use sqlx::MySqlConnection;
use tokio_util::sync::CancellationToken;

use crate::{
    AppState,
    accounts::{Account, opaque::OpaqueToken},
};

/// Topic of the outbox: an e-mail.
pub const EMAIL: &str = "email";

str_enum! {
    /// The e-mails that the gateway has sent.
    pub enum Template {
        /// To who signed up, with a link to verify the address by.
        Welcome = "welcome",
        /// Another such link, or to another address.
        VerifyEmail = "verify_email",
        /// The address was changed: to the old one.
        EmailChanged = "email_changed",
        /// A link to choose another password by.
        PasswordReset = "password_reset",
        /// The password was changed.
        PasswordChanged = "password_changed",
    }
}

/// Pages of the front end that links in e-mails lead to.
pub struct Links(String);

impl Links {
    /// Links to the front end at `public_url` (no trailing slash).
    pub fn new(public_url: String) -> Self {
        Self(public_url)
    }

    /// Where an address is verified.
    pub fn verify(&self, token: &OpaqueToken) -> String {
        format!("{}/account/verify?token={}", self.0, token.expose())
    }

    /// Where another password is chosen.
    pub fn reset(&self, token: &OpaqueToken) -> String {
        format!("{}/account/reset?token={}", self.0, token.expose())
    }
}

/// Writes an e-mail to an account's address in the transaction of what it tells of. After the
/// commit the relay is to be woken. Who is being erased gets none: their last mails are those that
/// were written before.
pub async fn enqueue(
    connection: &mut MySqlConnection,
    account: &Account,
    template: Template,
    link: Option<String>,
) -> sqlx::Result<()> {
    let open = "SELECT 1 FROM `User` WHERE id = ? AND erasingSince IS NULL LOCK IN SHARE MODE";
    let open = sqlx::query(open).bind(account.id);
    if open.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(());
    }
    let email = Email {
        to: account.email.clone(),
        subject: String::new(),
        template_id: template.as_str().to_owned(),
        params: AccountEmail {
            name: shown(&account.name).to_owned(),
            link,
        },
        user_id: Some(account.id),
    };
    outbox::enqueue(connection, EMAIL, &email).await?;
    Ok(())
}

/// A name as an e-mail says it. What mail programs would make a link of is not said: anybody could
/// sign up under another's address to have them sent it.
fn shown(name: &str) -> &str {
    let dots = name.split('.').skip(1);
    let mut after_dots = dots.filter_map(|rest| rest.chars().next());
    match name.contains(['/', ':', '@']) || after_dots.any(|letter| !letter.is_whitespace()) {
        true => "traveller",
        false => name,
    }
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
    EmailJob::from_row(&message.id, &message.payload, message.cause())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_link_is_not_said() {
        for name in [
            "Ada Lovelace",
            "J. R. R. Tolkien",
            "Martin Luther King Jr.",
            "李小龙",
        ] {
            assert_eq!(shown(name), name);
        }
        for name in [
            "win at evil.example",
            "http:evil",
            "me@evil",
            "a/b",
            "J.R.R. Tolkien",
        ] {
            assert_eq!(shown(name), "traveller");
        }
    }
}
