//! Carries an erasure out: booking decides, and only then is anything blanked. Every step may be
//! repeated, so that a gateway, booking or notification that is killed in between delays it only.
//!
//! A request that was admitted while the account was open may still run: a request has 10 s, and
//! this begins after 5. None of them brings the person back. In booking, whatever makes a booking
//! does it under the lock of the row that the erasure marks: it came before and blocks, or finds the
//! mark and is refused. Here, whatever writes of an account locks it and finds it erased, a mail is
//! written for none that is shut (`mail.rs`), and a session is opened for none.

use contracts::erasure::{Erasure, ErasureClient};
use futures::future::join_all;
use service_kit::{
    db,
    http::correlation,
    outbox::{self, Handler, Relay},
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use super::{Message, TOPIC, store};
use crate::AppState;

/// Between two looks whether the account's last mails have left the outbox.
const NEXT_LOOK: Duration = Duration::from_secs(1);

/// Those who keep something of a person.
pub struct Keepers {
    /// Decides: bookings, passengers, answers and mails.
    pub booking: ErasureClient,
    /// What was sent, and by which mail.
    pub notification: ErasureClient,
}

/// Relays erasures until `stop`.
pub async fn run(app: AppState, keepers: Keepers, stop: CancellationToken) {
    let (database, wake) = (app.database.clone(), app.outbox.clone());
    let eraser = Eraser { app, keepers };
    Relay::new(database, TOPIC, wake, eraser).run(stop).await;
}

struct Eraser {
    app: AppState,
    keepers: Keepers,
}

impl Handler for Eraser {
    async fn handle(&self, batch: &[outbox::Message]) -> Vec<outbox::Outcome> {
        let each = batch.iter().map(async |message| {
            let work = self.carry_out(message);
            let outcome = correlation::caused_by(message.cause(), work).await;
            outcome.unwrap_or_else(|error| {
                tracing::warn!(erasure = message.id, %error, "an erasure will be tried again");
                outbox::Outcome::Failed
            })
        });
        join_all(each).await
    }
}

impl Eraser {
    async fn carry_out(&self, message: &outbox::Message) -> anyhow::Result<outbox::Outcome> {
        let (erasure, database) = (message.id.as_str(), &self.app.database);
        let Message { user_id } = serde_json::from_value(message.payload.0.clone())?;
        if store::outcome(database, erasure).await?.is_some() {
            return Ok(outbox::Outcome::Done);
        }
        if let Erasure::Blocked(reasons) = self.keepers.booking.erase(user_id).await? {
            db::retry(|| store::call_off(database, erasure, user_id, &reasons)).await?;
            tracing::info!(user = user_id, erasure, "an erasure is blocked");
            return Ok(outbox::Outcome::Done);
        }
        // Booking has forgotten the person: from here on there is no way back.
        if store::has_mails_to_go(database, user_id).await? {
            return Ok(outbox::Outcome::Wait(NEXT_LOOK));
        }
        let told = self.keepers.notification.erase(user_id).await?;
        anyhow::ensure!(told == Erasure::Erased, "notification refuses: {told:?}");
        db::retry(|| store::blank(database, erasure, user_id)).await?;
        tracing::info!(user = user_id, erasure, "an account was erased");
        Ok(outbox::Outcome::Done)
    }
}
